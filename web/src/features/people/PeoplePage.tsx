import { UserPlus, UserSearch } from "lucide-react";
import { useState } from "react";
import { Link } from "react-aria-components";
import { useLocation } from "wouter";
import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import { Page } from "../../shared/ui/Page";
import { SearchField } from "../../shared/ui/SearchField";
import { SelectField } from "../../shared/ui/SelectField";
import { tellApart } from "../../shared/ui/tellApart";
import { useKept } from "../../shared/ui/useKept";
import { useIdentity } from "../identity";
import { AddPersonDialog } from "./AddPersonDialog";
import { PersonBadges } from "./PersonBadges";
import { ROLES, type Role } from "./roles";
import { usePeople } from "./usePeople";

/** Everybody, for administrators; for providers, the patients whom they know. */
export function PeoplePage() {
  const isAdmin = useIdentity().role === "admin";
  const [text, setText] = useKept("text", "");
  const [role, setRole] = useKept<Role | "">("role", "");
  const [adding, setAdding] = useState(false);
  const [, navigate] = useLocation();
  const found = usePeople(text, isAdmin ? role : "");
  return (
    <Page
      title={t(isAdmin ? "people.title" : "people.patientsTitle")}
      subtitle={t(isAdmin ? "people.subtitle" : "people.patientsSubtitle")}
      isLoading={found.value === undefined}
      aside={
        <Button onPress={() => (isAdmin ? setAdding(true) : navigate("/people/new"))}>
          <UserPlus aria-hidden className="size-4" />
          {t(isAdmin ? "people.add" : "people.addPatient")}
        </Button>
      }
    >
      <search className="mb-5 grid gap-4 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <SearchField
          label={t(isAdmin ? "people.search" : "people.searchPatients")}
          value={text}
          onChange={setText}
          className={isAdmin ? "" : "sm:col-span-2"}
        />
        {isAdmin && (
          <SelectField<Role | "">
            label={t("people.role")}
            value={role}
            onChange={setRole}
            options={[
              ["", t("people.everyRole")],
              ...ROLES.map((one) => [one, t(`roles.${one}`)] as const),
            ]}
          />
        )}
      </search>
      <Loaded load={found} rows={6} framed>
        {({ items, isWhole }) => (
          <>
            <p role="status" className="mb-3 text-sm text-muted">
              {isWhole
                ? t("people.shown", { count: items.length })
                : t("people.shownAtLeast", { count: items.length })}
            </p>
            <Card>
              {items.length === 0 ? (
                <Empty
                  icon={UserSearch}
                  title={t("people.emptyTitle")}
                  text={t("people.emptyText")}
                />
              ) : (
                <ul aria-label={t("people.list")} className="divide-y divide-line">
                  {items.map((person) => (
                    <Row key={person.user_id} person={person} isAdmin={isAdmin} />
                  ))}
                </ul>
              )}
            </Card>
            {!isWhole && (
              <div className="mt-6 flex justify-center">
                <Button variant="secondary" onPress={found.more} isPending={found.loading}>
                  {t("common.loadMore")}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {adding && (
        <AddPersonDialog
          onClose={() => setAdding(false)}
          onAdded={({ user_id }) => navigate(`/people/${encodeURIComponent(user_id)}`)}
        />
      )}
    </Page>
  );
}

function Row({ person, isAdmin }: { person: Person; isAdmin: boolean }) {
  const { user_id, name, role } = person;
  const beside = [isAdmin && t(`roles.${role}`), tellApart(person)].filter(Boolean).join(" · ");
  return (
    <li className="relative flex items-center gap-4 px-4 py-4 transition-colors hover:bg-page/70 sm:px-5">
      <Avatar name={name} />
      <div className="min-w-0 flex-1">
        {/* The link covers the whole row. */}
        <Link
          href={`/people/${encodeURIComponent(user_id)}`}
          className="block font-semibold text-accent-ink underline-offset-4 after:absolute after:inset-0 hover:underline"
        >
          <Name>{name}</Name>
        </Link>
        {beside && (
          <p className="truncate text-sm text-muted">
            <bdi>{beside}</bdi>
          </p>
        )}
      </div>
      {isAdmin && <PersonBadges person={person} />}
    </li>
  );
}
