import type { OwnPlace, SayPlace } from "../../shared/api/schema";

/** What there is to be changed once that was said. */
export function askedAfter(asked: OwnPlace, said: SayPlace): OwnPlace {
  const { answer, address, country, phone } = said;
  switch (answer) {
    case "here":
      return { ...asked, address, country, phone };
    case "usual":
      return { ...asked, country };
    case "withheld":
      return asked;
  }
}
