import { useLocation } from "wouter";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Page } from "../../shared/ui/Page";
import { Back } from "./PersonPage";
import { RecordForm } from "./RecordForm";

/** A provider adds a patient, for whom they care from then on. */
export function NewPatientPage() {
  const [, navigate] = useLocation();
  return (
    <Page narrow title={t("record.newTitle")} before={<Back />}>
      <RecordForm
        record={null}
        onSave={async (body) => {
          const { user_id } = await api.addPatient(body);
          navigate(`/people/${encodeURIComponent(user_id)}`, { replace: true });
        }}
      />
    </Page>
  );
}
