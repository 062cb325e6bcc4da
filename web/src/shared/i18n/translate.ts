/** A message with a number in it, one form per plural category of the language (Intl.PluralRules). */
export type Plural = { readonly one: string; readonly other: string };
type Leaf = string | Plural;
export type Dictionary = { readonly [key: string]: Leaf | Dictionary };

/** Every dotted path of a dictionary that ends at a message: "login.title", "history.minutes", … */
export type MessageKey<D> = {
  [K in keyof D & string]: D[K] extends Leaf ? K : `${K}.${MessageKey<D[K]>}`;
}[keyof D & string];

export type Values = Readonly<Record<string, string | number>>;

function find(dictionary: Dictionary, key: string): Leaf {
  let node: Leaf | Dictionary | undefined = dictionary;
  for (const step of key.split(".")) {
    node = (node as Dictionary | undefined)?.[step];
  }
  if (node === undefined) throw new Error(`no message ${key}`);
  return node as Leaf;
}

/** Hebrew, Arabic and their kin, written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** A name from right to left stands within a sentence without turning the words around it (Unicode TR 9, FSI and PDI). */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

function fill(template: string, values: Values, numbers: Intl.NumberFormat): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : isolated(value);
  });
}

/**
 * A function that looks up a message and fills its `{placeholders}`.
 * A plural message picks its form by the value named `count`.
 */
export function translator<D extends Dictionary>(dictionary: D, language: string) {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key: MessageKey<D>, values: Values = {}): string => {
    const message = find(dictionary, key);
    if (typeof message === "string") return fill(message, values, numbers);
    const category = plurals.select(Number(values.count ?? 0));
    return fill(category === "one" ? message.one : message.other, values, numbers);
  };
}
