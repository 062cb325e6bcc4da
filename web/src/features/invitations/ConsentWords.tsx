import type { ConsentText } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { languageName } from "../../shared/i18n/format";

export interface ConsentWordsProps {
  text: ConsentText;
  /** In all languages; where there is one only, there is nothing to choose. */
  texts: readonly ConsentText[];
  onChoose: (language: string) => void;
}

/** The exact words that somebody is asked to agree to, in a language of their choice. */
export function ConsentWords({ text, texts, onChoose }: ConsentWordsProps) {
  return (
    <div className="mt-6 text-start short:mt-3">
      <section
        aria-label={t("invitation.consentText", { version: text.version })}
        lang={text.language}
        dir="auto"
        className="rounded-control bg-page px-4 py-3 text-[0.9375rem] leading-relaxed wrap-anywhere whitespace-pre-line ring-1 ring-line ring-inset"
      >
        {text.text}
      </section>
      {texts.length > 1 && (
        <label className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-muted">
          {t("invitation.consentLanguage")}
          <select
            value={text.language}
            onChange={({ target }) => onChoose(target.value)}
            className="min-h-11 cursor-pointer rounded-control bg-raised px-2 font-semibold text-ink"
          >
            {texts.map(({ language }) => (
              <option key={language} value={language} lang={language}>
                {languageName(language)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
