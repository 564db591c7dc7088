// Words for scripts. The page carries the templates of the prefixes it asked for (see webapp/texts.py).

const element = document.getElementById("page-texts");
const words = element ? JSON.parse(element.textContent) : {};

/** The page's language, "zh" or "en". */
export const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

function shown(value, format) {
  const decimals = /^\.(\d)f$/.exec(format ?? "");
  if (decimals && typeof value === "number") return value.toFixed(Number(decimals[1]));
  return String(value);
}

/**
 * Words for a key, its {fields} filled in. A parameter may itself be a message: {key, params}.
 * A missing key comes back as itself, so that the page still works.
 */
export function t(key, params = {}) {
  const template = words[key];
  if (template === undefined) return key;
  const filled = template.replace(/\{(\w+)(?:![rs])?(?::([^}]*))?\}/g, (whole, name, format) => {
    const value = params[name];
    if (value === undefined || value === null) return whole;
    if (typeof value === "object" && "key" in value) return t(value.key, value.params);
    return shown(value, format);
  });
  return filled.replace(/\{\{|\}\}/g, (pair) => pair[0]);
}
