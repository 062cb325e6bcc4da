import { X } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { CareTeam as Team } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { IconButton } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import { ProviderField } from "./ProviderField";

/** Who cares for a patient. */
export function CareTeam({ patientId }: { patientId: string }) {
  const load = useLoad(useCallback(() => api.careTeam(patientId), [patientId]));
  const [problem, setProblem] = useState<string | null>(null);
  const change = (next: Promise<Team>) => {
    setProblem(null);
    next.then(
      (team) => load.change(() => team),
      (error: unknown) => setProblem(words(error)),
    );
  };
  return (
    <Section title={t("care.title")}>
      <Card>
        <Loaded load={load}>
          {({ providers }) => (
            <ul className="divide-y divide-line">
              {providers.length === 0 && <li className="px-5 py-4 text-muted">{t("care.none")}</li>}
              {providers.map(({ user_id, name, email }) => (
                <li key={user_id} className="flex items-center gap-4 px-5 py-3">
                  <Avatar name={name} size="small" />
                  <div className="min-w-0 flex-1">
                    <Name className="font-semibold">{name}</Name>
                    {email && <Name className="text-sm text-muted">{email}</Name>}
                  </div>
                  <IconButton
                    aria-label={t("care.remove", { name })}
                    onPress={() => change(api.unassignProvider(patientId, user_id))}
                  >
                    <X aria-hidden className="size-4" />
                  </IconButton>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        <div className="border-t border-line p-5">
          <ProviderField
            onChosen={(providerId) => change(api.assignProvider(patientId, providerId))}
          />
          {problem && (
            <Notice tone="bad" className="mt-4">
              {problem}
            </Notice>
          )}
        </div>
      </Card>
    </Section>
  );
}
