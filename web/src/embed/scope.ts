/**
 * A style sheet for a page of somebody else's: everything below one class, nothing global, and with
 * more weight than the page's own rules.
 *
 * Rules in a cascade layer lose against any rule without one, so Tailwind's layers are dissolved;
 * they stand in the order of their weight. What has to be global (fonts, animations, properties) is
 * named after the product.
 */
import postcss, { type AtRule, type Declaration, type Root, type Rule } from "postcss";

/** Weighs as much as two ids, which nothing has: more than a host's `#app .page button`. */
const ROOT = ".carelay:not(#_#_)";

export function scoped(css: string): string {
  const sheet = postcss.parse(css);
  sheet.walkAtRules("supports", dissolvedDefaults);
  sheet.walkAtRules("layer", dissolved);
  sheet.walkAtRules("property", (rule) => void (isOurs(rule.params) || rule.remove()));
  sheet.walkRules((rule) => void (isFrame(rule) || scope(rule)));
  nameAnimations(sheet);
  nameProperties(sheet);
  sheet.walkDecls(ownLengths);
  return sheet.toString().replaceAll("Figtree Variable", "Carelay Figtree");
}

/**
 * Tailwind sets its properties by rules where a browser knows no @property; here they are set by
 * these everywhere.
 */
function dissolvedDefaults(rule: AtRule): void {
  const { parent } = rule;
  if (parent?.type === "atrule" && (parent as AtRule).params === "properties") dissolved(rule);
}

function dissolved(rule: AtRule): void {
  if (rule.nodes === undefined) rule.remove();
  else rule.replaceWith(rule.nodes);
}

/** `from`, `50%`: no selectors. */
function isFrame({ parent }: Rule): boolean {
  return parent?.type === "atrule" && (parent as AtRule).name.endsWith("keyframes");
}

function scope(rule: Rule): void {
  rule.selectors = [...new Set(rule.selectors.flatMap(below))];
}

function below(selector: string): string[] {
  if ([":root", ":host", "html"].includes(selector)) return [ROOT];
  if (selector.startsWith("html[")) return [selector.replace("html", ROOT)];
  if (selector === "*") return [ROOT, `${ROOT} *`];
  if (selector.startsWith(".carelay"))
    return [selector.replace(".carelay", ROOT).replace(`${ROOT}-`, `${ROOT}.carelay-`)];
  return [`${ROOT} ${selector}`];
}

function nameAnimations(sheet: Root): void {
  const names = new Set<string>();
  sheet.walkAtRules("keyframes", (rule) => {
    names.add(rule.params);
    rule.params = `carelay-${rule.params}`;
  });
  sheet.walkDecls(/^(animation|animation-name|--animate-.*)$/, (declaration) => {
    declaration.value = declaration.value.replace(/(?<![\w-])[a-z][\w-]*/g, (word) =>
      names.has(word) ? `carelay-${word}` : word,
    );
  });
}

/** A host may have Tailwind as well, of another version or theme. */
function nameProperties(sheet: Root): void {
  const names = new Set<string>();
  sheet.walkDecls(/^--/, ({ prop }) => void names.add(prop));
  const named = (text: string) =>
    text.replace(/--[\w-]+/g, (name) =>
      names.has(name) && !isOurs(name) ? `--carelay-${name.slice(2)}` : name,
    );
  sheet.walkDecls((declaration) => {
    if (declaration.prop.startsWith("--")) declaration.prop = named(declaration.prop);
    declaration.value = named(declaration.value);
  });
}

function isOurs(name: string): boolean {
  return name.startsWith("--carelay-");
}

/** `rem` is a size of the host's; see reset.css. */
function ownLengths(declaration: Declaration): void {
  declaration.value = declaration.value.replace(
    /(?<![\w.-])(-?[\d.]+)rem\b/g,
    "calc(var(--carelay-rem) * $1)",
  );
}
