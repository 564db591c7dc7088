// Times, durations and distances as the office reads them.

import { language, t } from "../texts.js";

/** "09:15" of an ISO time: the server sends the office's own time of day, whatever zone the browser is in. */
export const clock = (iso) => (iso ? iso.slice(11, 16) : "");

/** Minutes since midnight of an ISO time. */
export const minuteOfDay = (iso) =>
  Number(iso.slice(11, 13)) * 60 + Number(iso.slice(14, 16)) + Number(iso.slice(17, 19) || 0) / 60;

/** "09:15" of minutes since midnight. */
export const clockOf = (minutes) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(Math.round(minutes % 60)).padStart(2, "0")}`;

/** Hours and minutes of seconds. */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (Math.abs(minutes) < 60) return t("desk.minutes", { n: minutes });
  return t("desk.hours_minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** Kilometres of metres. */
export const km = (metres) => t("desk.km", { n: (metres / 1000).toFixed(1) });

/** A change with its sign, a real minus. */
export function signed(number, digits = 0) {
  const shown = Math.abs(number).toFixed(digits);
  if (Number(shown) === 0) return "±0";
  return `${number > 0 ? "+" : "−"}${shown}`;
}

const shortDay = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
  month: "short",
  day: "numeric",
  weekday: "short",
  timeZone: "UTC",
});

/** A day such as "3月2日周一". */
export const day = (iso) => (iso ? shortDay.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)) : "");

const longDay = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
  year: "numeric",
  month: "short",
  day: "numeric",
  timeZone: "UTC",
});

/** A day with its year, such as "2026年3月2日". */
export const fullDay = (iso) => (iso ? longDay.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)) : "");

/** A day and time of day. */
export const moment = (iso) => (iso ? `${day(iso)} ${clock(iso)}` : "");

/** The day so many days later, ISO. */
export function shiftDay(iso, days) {
  const moved = new Date(`${iso}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}
