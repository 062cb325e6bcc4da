import { Navigate } from "react-router";
import { PatientHome } from "../patient/PatientHome";
import { ProviderHome } from "../provider/ProviderHome";
import { useIdentity } from "../session/session";

/** Where each role starts. */
export function HomePage() {
  const { role } = useIdentity();
  switch (role) {
    case "provider":
      return <ProviderHome />;
    case "patient":
      return <PatientHome />;
    case "compliance":
      return <Navigate to="/recordings" replace />;
    case "ops":
    case "admin":
      return <Navigate to="/ops" replace />;
  }
}
