// Days as an office says them.

import { language, t } from "../texts.js";

const at = (date) => new Date(`${date}T00:00:00`);

/** 3月26日（四） */
export function dayWords(date) {
  const day = at(date);
  const weekday = t(`roster.weekday.${(day.getDay() + 6) % 7}`);
  return t("roster.ui.day", { month: day.getMonth() + 1, day: day.getDate(), weekday });
}

/** Short name of a weekday. */
export const weekdayWords = (date) => t(`roster.weekday.${(at(date).getDay() + 6) % 7}`);

/** 2026年3月 */
export function monthWords(date) {
  const day = at(date);
  return t("roster.ui.month", { year: day.getFullYear(), month: day.getMonth() + 1 });
}

/** The first day of the month so many months on. */
export function otherMonth(date, step) {
  const day = at(date);
  const other = new Date(day.getFullYear(), day.getMonth() + step, 1);
  return `${other.getFullYear()}-${String(other.getMonth() + 1).padStart(2, "0")}-01`;
}

const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** A moment, to the minute. */
export const momentWords = (iso) => format.format(new Date(iso));

/** What an exchange is, in one line. */
export function exchangeWords(verdict) {
  const [giver, taker, day] = [verdict.giver_name, verdict.taker_name, dayWords(verdict.day)];
  if (!verdict.back) return t("roster.ui.given", { giver, taker, day });
  return t("roster.ui.exchanged", { giver, taker, day, back: dayWords(verdict.back) });
}
