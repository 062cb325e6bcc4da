import { Redirect } from "wouter";
import { useIdentity } from "../../features/identity";
import { PatientHome } from "../../features/patient";
import { ProviderHome } from "../../features/provider";

/** Where each role starts. */
export function HomePage() {
  const { role } = useIdentity();
  switch (role) {
    case "provider":
      return <ProviderHome />;
    case "patient":
      return <PatientHome />;
    case "compliance":
      return <Redirect to="/recordings" replace />;
    case "ops":
    case "admin":
      return <Redirect to="/ops" replace />;
  }
}
