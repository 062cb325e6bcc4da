import { Button } from "react-aria-components";
import { type MessageKey, t } from "../../shared/i18n/start";
import { Avatar } from "../../shared/ui/Avatar";

const PASSWORD = "demo-carelay";
/** The accounts of `carelay serve --demo`. */
const ACCOUNTS: readonly { username: string; name: MessageKey; role: MessageKey }[] = [
  { username: "dr.rivera", name: "demo.rivera", role: "roles.provider" },
  { username: "alex.morgan", name: "demo.morgan", role: "roles.patient" },
  { username: "sam.lee", name: "demo.lee", role: "roles.patient" },
  { username: "jordan.kim", name: "demo.kim", role: "roles.patient" },
  { username: "compliance", name: "demo.compliance", role: "roles.compliance" },
  { username: "ops", name: "demo.ops", role: "roles.ops" },
  { username: "admin", name: "demo.admin", role: "roles.admin" },
];

export interface DemoAccountsProps {
  onPick: (account: { username: string; password: string }) => void;
}

export function DemoAccounts({ onPick }: DemoAccountsProps) {
  return (
    <section
      aria-labelledby="demo-accounts"
      className="mt-9 rounded-card border border-dashed border-line-strong/60 p-4"
    >
      <h2 id="demo-accounts" className="font-semibold">
        {t("signIn.demoTitle")}
      </h2>
      <p className="mt-1 text-sm text-muted">{t("signIn.demoText")}</p>
      <ul className="mt-3 grid grid-cols-2 gap-1.5">
        {ACCOUNTS.map(({ username, name, role }) => (
          <li key={username}>
            <Button
              onPress={() => onPick({ username, password: PASSWORD })}
              className="flex w-full cursor-pointer items-center gap-2.5 rounded-control p-1.5 text-left data-hovered:bg-subtle data-pressed:bg-line"
            >
              <span className="max-sm:hidden">
                <Avatar name={t(name)} size="small" />
              </span>
              <span className="min-w-0">
                <span className="block truncate text-sm leading-tight font-semibold">
                  {t(name)}
                </span>
                <span className="block truncate text-xs text-muted">{t(role)}</span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
