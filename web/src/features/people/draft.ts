import type { PatientRecord, PutPatient } from "../../shared/api/schema";
import { asE164 } from "../../shared/ui/phone";

/** A record as a form holds it: texts. */
export interface Draft {
  name: string;
  pronouns: string;
  birth_date: string;
  language: string;
  time_zone: string;
  phone: string;
  email: string;
  contactName: string;
  contactPhone: string;
  contactRelationship: string;
  /** Lines. */
  address: string;
}

export function draftOf(record: PatientRecord | null): Draft {
  return {
    name: record?.name ?? "",
    pronouns: record?.pronouns ?? "",
    birth_date: record?.birth_date ?? "",
    language: record?.language ?? "",
    time_zone: record?.time_zone ?? "",
    phone: record?.phone ?? "",
    email: record?.email ?? "",
    contactName: record?.contact?.name ?? "",
    contactPhone: record?.contact?.phone ?? "",
    contactRelationship: record?.contact?.relationship ?? "",
    address: (record?.address ?? []).join("\n"),
  };
}

/** What is sent: nothing in place of what is empty, and telephone numbers as E.164 has them. */
export function recordOf(draft: Draft): PutPatient {
  const lines = draft.address.split("\n").map((line) => line.trim());
  const hasContact = Boolean(
    draft.contactName.trim() || draft.contactPhone.trim() || draft.contactRelationship.trim(),
  );
  return {
    name: draft.name.trim(),
    pronouns: given(draft.pronouns),
    birth_date: given(draft.birth_date),
    language: given(draft.language),
    time_zone: given(draft.time_zone),
    phone: given(asE164(draft.phone)),
    email: given(draft.email),
    contact: hasContact
      ? {
          name: draft.contactName.trim(),
          phone: asE164(draft.contactPhone),
          relationship: given(draft.contactRelationship),
        }
      : null,
    address: lines.filter((line) => line !== ""),
  };
}

function given(text: string): string | null {
  return text.trim() || null;
}
