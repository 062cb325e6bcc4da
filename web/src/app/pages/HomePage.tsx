import { Redirect } from "wouter";
import { pages as guests } from "../../features/guests";
import { useIdentity } from "../../features/identity";
import { PatientHome } from "../../features/patient";
import { ProviderHome } from "../../features/provider";
import { onDemand } from "../../shared/ui/onDemand";

const GuestHome = onDemand(guests.home);

/** Where each role starts. */
export function HomePage() {
  const { role, guest } = useIdentity();
  if (guest) return <GuestHome />;
  switch (role) {
    case "provider":
      return <ProviderHome />;
    case "patient":
      return <PatientHome />;
    case "compliance":
      return <Redirect to="/recordings" replace />;
    case "guest":
      return null; // who comes by no link
    case "ops":
    case "admin":
      return <Redirect to="/ops" replace />;
  }
}
