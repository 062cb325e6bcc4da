import { Check, CircleHelp, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { t } from "../shared/i18n";
import { formatBytes, formatNumber } from "../shared/i18n/format";
import { Card, Section } from "../shared/ui/Card";
import { Notice } from "../shared/ui/Notice";
import { TextField } from "../shared/ui/TextField";
import type { Checked } from "./core/check";
import type { Files } from "./core/files";

export interface FactsProps {
  files: Files;
  checked: Checked;
  /** Rows of the log that no checkpoint covered. */
  rowsNotSigned: number;
}

/** What was proved, by which key, and what nobody can know from the export alone. */
export function Facts({ files, checked, rowsNotSigned }: FactsProps) {
  const unknown = [
    t("bundle.unknown.page"),
    t("bundle.unknown.events"),
    ...(rowsNotSigned > 0 ? [t("bundle.unknown.rows", { count: rowsNotSigned })] : []),
    t("bundle.unknown.later"),
  ];
  return (
    <>
      <Section title={t("bundle.keyTitle")}>
        <Key own={checked.keys[0]?.vkey ?? ""} />
      </Section>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-2">
        <Section title={t("bundle.whatChecked")}>
          <List icon={Check} color="text-success" lines={provedOf(files, checked)} />
        </Section>
        <Section title={t("bundle.cannotKnow")}>
          <List icon={CircleHelp} color="text-warning" lines={unknown} />
        </Section>
      </div>
    </>
  );
}

function provedOf({ manifest, archive }: Files, { keys, signer, rows, checkpoint }: Checked) {
  const size = manifest.files.reduce((sum, file) => sum + file.size, 0);
  const facts = [t("bundle.fact.files", { count: manifest.files.length, size: formatBytes(size) })];
  if (archive) facts.push(t("bundle.fact.archive"));
  if (signer) facts.push(t("bundle.fact.signature", { key: `${signer.name} ${signer.keyId}` }));
  const before = signer ? keys.indexOf(signer) : -1;
  if (before > 0) facts.push(t("bundle.fact.successions", { count: before }));
  facts.push(
    checkpoint
      ? t("bundle.fact.rows", { count: rows.length, size: formatNumber(checkpoint.size) })
      : t("bundle.fact.noRows"),
  );
  return facts;
}

interface ListProps {
  icon: LucideIcon;
  color: string;
  lines: readonly string[];
}

function List({ icon: Icon, color, lines }: ListProps) {
  return (
    <Card>
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <li key={line} className="flex gap-3 px-5 py-3.5 text-[0.9375rem] wrap-anywhere">
            <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${color}`} />
            <span className="min-w-0">{line}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The one thing that only the reader can find out. */
function Key({ own }: { own: string }) {
  const [given, setGiven] = useState("");
  const trusted = given.trim();
  return (
    <Card className="flex flex-col gap-4 px-5 py-5">
      <p className="text-[0.9375rem] text-muted">{t("bundle.keyText")}</p>
      <p className="rounded-control bg-page px-3 py-2 font-mono text-sm wrap-anywhere">{own}</p>
      <TextField
        label={t("bundle.keyLabel")}
        value={given}
        onChange={setGiven}
        spellCheck={false}
        autoComplete="off"
      />
      {trusted !== "" &&
        (trusted === own ? (
          <Notice>{t("bundle.keySame")}</Notice>
        ) : (
          <Notice tone="bad">{t("bundle.keyOther")}</Notice>
        ))}
    </Card>
  );
}
