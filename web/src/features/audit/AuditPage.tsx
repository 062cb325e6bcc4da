import { Download, SearchX } from "lucide-react";
import { useMemo } from "react";
import { type AuditQuery, api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { useKept } from "../../shared/ui/useKept";
import { Entry } from "./Entry";
import { Filters } from "./Filters";
import { asked, type Filter, NO_FILTER } from "./filter";
import { State } from "./State";
import { useEntries } from "./useEntries";

/** Who did what, for compliance. */
export function AuditPage() {
  const [filter, setFilter] = useKept("filter", NO_FILTER);
  const query = useMemo(() => asked(filter), [filter]);
  const entries = useEntries(query);
  const narrow = (more: Partial<Filter>) => setFilter({ ...filter, ...more });
  return (
    <Page
      title={t("auditLog.title")}
      subtitle={t("auditLog.subtitle")}
      isLoading={entries.value === undefined}
    >
      <State />
      <Filters filter={filter} onChange={setFilter} />
      <Section title={t("auditLog.entries")} aside={<Export query={query} />}>
        <Loaded load={entries} rows={8} framed>
          {({ entries: found, next_cursor }) => (
            <>
              <p role="status" className="mb-3 text-sm text-muted">
                {t("auditLog.shown", { count: found.length })}
              </p>
              <Card className="overflow-hidden">
                {found.length > 0 ? (
                  <ul className="divide-y divide-line">
                    {found.map((entry) => (
                      <Entry key={entry.id} entry={entry} onNarrow={narrow} />
                    ))}
                  </ul>
                ) : (
                  <Empty
                    icon={SearchX}
                    title={t("auditLog.emptyTitle")}
                    text={t("auditLog.emptyText")}
                    action={
                      <Button variant="secondary" onPress={() => setFilter(NO_FILTER)}>
                        {t("auditLog.clear")}
                      </Button>
                    }
                  />
                )}
              </Card>
              {entries.moreError !== undefined && (
                <Notice tone="bad" className="mt-4">
                  {words(entries.moreError)}
                </Notice>
              )}
              {next_cursor && (
                <div className="mt-6 flex justify-center">
                  <Button variant="secondary" onPress={entries.more} isPending={entries.isComing}>
                    {t("auditLog.more")}
                  </Button>
                </div>
              )}
            </>
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

/** All entries of the question, also those that are not shown yet. */
function Export({ query }: { query: AuditQuery }) {
  return (
    <p className="flex flex-wrap justify-end gap-x-4">
      {(["ndjson", "fhir"] as const).map((form) => (
        <a
          key={form}
          href={api.auditExportUrl(query, form)}
          download
          className="inline-flex min-h-9 items-center gap-2 text-sm font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          <Download aria-hidden className="size-4" />
          {t(`auditLog.export.${form}`)}
        </a>
      ))}
    </p>
  );
}
