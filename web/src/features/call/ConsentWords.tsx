import type { ConsentText } from "../../shared/api/schema";
import { classes } from "../../shared/ui/classes";

export interface ConsentWordsProps {
  text: string | ConsentText | undefined;
  className?: string;
}

/** The exact words that somebody agrees to. */
export function ConsentWords({ text: told, className }: ConsentWordsProps) {
  const { text, language } = typeof told === "object" ? told : { text: told, language: undefined };
  if (text === undefined) return null;
  return (
    <p
      lang={language}
      dir="auto"
      className={classes("rounded-control p-4 text-sm whitespace-pre-line", className)}
    >
      {text}
    </p>
  );
}
