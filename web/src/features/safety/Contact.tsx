import type { Crisis } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { telephone } from "../../shared/ui/phone";
import { Part } from "./Part";

/** Whom to reach near the patient. */
export function Contact({ contact }: Pick<Crisis, "contact">) {
  return (
    <Part title={t("safety.contact")}>
      {contact ? (
        <p className="wrap-anywhere">
          <bdi>{contact.name}</bdi>
          {contact.relationship && (
            <>
              {" "}
              (<bdi>{contact.relationship}</bdi>)
            </>
          )}
          <br />
          <a
            href={telephone(contact.phone)}
            className="inline-flex min-h-11 items-center font-semibold underline underline-offset-4"
          >
            <bdi>{contact.phone}</bdi>
          </a>
        </p>
      ) : (
        <p className="text-muted">{t("safety.noContact")}</p>
      )}
    </Part>
  );
}
