/**
 * A message with a number in it: a form for each plural category that its language has
 * (Intl.PluralRules).
 */
export type Plural = { readonly [category in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
};
export type Dictionary = { readonly [key: string]: string | Plural | Dictionary };

/** Whether all keys are plural categories: other objects may have an `other` as well. */
type IsPlural<D> = D extends Plural
  ? [Exclude<keyof D, Intl.LDMLPluralRule>] extends [never]
    ? true
    : false
  : false;

/**
 * Every dotted path of a dictionary that ends at a message: "signIn.title", "history.minutes", …
 */
export type MessageKey<D> = {
  [K in keyof D & string]: D[K] extends string
    ? K
    : IsPlural<D[K]> extends true
      ? K
      : `${K}.${MessageKey<D[K]>}`;
}[keyof D & string];

/** The same messages in another language, whose plurals may have other forms. */
export type Translation<D> = {
  readonly [K in keyof D]: D[K] extends string
    ? string
    : IsPlural<D[K]> extends true
      ? Plural
      : Translation<D[K]>;
};

export type Values = Readonly<Record<string, string | number>>;

const CATEGORIES: readonly string[] = ["zero", "one", "two", "few", "many", "other"];

function isMessage(node: string | Plural | Dictionary): node is string | Plural {
  return typeof node === "string" || Object.keys(node).every((key) => CATEGORIES.includes(key));
}

/** All messages by their dotted paths. */
export function messagesOf(dictionary: Dictionary): Map<string, string | Plural> {
  return new Map(
    Object.entries(dictionary).flatMap(([key, node]): [string, string | Plural][] =>
      isMessage(node)
        ? [[key, node]]
        : [...messagesOf(node)].map(([rest, message]) => [`${key}.${rest}`, message]),
    ),
  );
}

function find(dictionary: Dictionary, key: string): string | Plural {
  let node: string | Plural | Dictionary | undefined = dictionary;
  for (const step of key.split(".")) {
    node = (node as Dictionary | undefined)?.[step];
  }
  if (node === undefined) throw new Error(`no message ${key}`);
  return node as string | Plural;
}

/** Hebrew, Arabic and their kin, written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/**
 * A name from right to left stands within a sentence without turning the words around it
 * (Unicode TR 9, FSI and PDI).
 */
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
 * A function that looks up a message and fills its `{placeholders}`. A plural message picks its
 * form by the value named `count`. The dictionary is asked for each time: that of the reader's
 * language may still be loading when this is made.
 */
export function translator<D>(dictionary: () => Translation<D>, language: string) {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key: MessageKey<D>, values: Values = {}): string => {
    const message = find(dictionary() as Dictionary, key);
    if (typeof message === "string") return fill(message, values, numbers);
    const form = message[plurals.select(Number(values.count ?? 0))] ?? message.other;
    return fill(form, values, numbers);
  };
}
