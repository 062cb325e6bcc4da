import { Check, ChevronDown, LogOut } from "lucide-react";
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from "react-aria-components";
import { useIdentity, useSession } from "../../features/identity";
import { ringNoMore } from "../../features/invitations";
import { identity } from "../../shared/api/identity";
import { t } from "../../shared/i18n";
import { available, chooseLanguage, language } from "../../shared/i18n/language";
import { chooseTheme, THEMES } from "../../shared/theme/theme";
import { Avatar } from "../../shared/ui/Avatar";
import { classes } from "../../shared/ui/classes";
import { Name } from "../../shared/ui/Name";
import { useTheme } from "../../shared/ui/useTheme";

const ITEM =
  "flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 outline-none data-focused:bg-subtle";

export function UserMenu() {
  const { name, role } = useIdentity();
  const { signedOut, restart } = useSession();
  const theme = useTheme();
  // A failed request may have signed out nevertheless: only the server knows, so ask it.
  const signOut = () =>
    ringNoMore()
      .catch(() => undefined) // as the server forgets a browser that rings for nobody
      .then(() => identity.logout())
      .then(() => signedOut("left"), restart);
  return (
    <MenuTrigger>
      <Button className="flex min-h-11 cursor-pointer items-center gap-2 rounded-full p-1 data-hovered:bg-subtle data-pressed:bg-subtle sm:pr-2">
        <Avatar name={name} size="small" />
        <Name className="max-w-48 text-sm font-semibold max-lg:sr-only">{name}</Name>
        <ChevronDown aria-hidden className="size-4 text-faint" />
      </Button>
      <Popover
        placement="bottom end"
        className="w-72 max-w-[calc(100vw-1.5rem)] rounded-card bg-raised p-1.5 shadow-float ring-1 ring-line data-entering:animate-rise"
      >
        <Header className="mb-1.5 border-b border-line px-3 pt-2 pb-3">
          <span className="line-clamp-3 font-semibold wrap-anywhere">{name}</span>
          <span className="block text-sm text-muted">{t(`roles.${role}`)}</span>
        </Header>
        <Menu aria-label={name} className="outline-none">
          <Choice
            label={t("theme.label")}
            options={themeOptions()}
            value={theme}
            onChange={chooseTheme}
          />
          {available.length > 1 && (
            <Choice
              label={t("nav.language")}
              options={languageOptions()}
              value={language}
              onChange={chooseLanguage}
            />
          )}
          <MenuItem onAction={() => void signOut()} className={ITEM}>
            <LogOut aria-hidden className="size-4 text-muted" />
            {t("nav.signOut")}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly { value: Value; name: string }[];
  value: Value;
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys !== "all" && keys.has(option.value));
        if (chosen) onChange(chosen.value);
      }}
      shouldCloseOnSelect={false}
      className="mb-1.5 border-b border-line pb-1.5"
    >
      <Header className="px-3 py-1.5 text-sm text-muted">{label}</Header>
      {options.map((option) => (
        <MenuItem key={option.value} id={option.value} textValue={option.name} className={ITEM}>
          <Check
            aria-hidden
            className={classes("size-4 text-accent-ink", option.value !== value && "opacity-0")}
          />
          {option.name}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

const themeOptions = () => THEMES.map((value) => ({ value, name: t(`theme.${value}`) }));

/** Each language in its own words. */
function languageOptions() {
  return available.map((value) => {
    const names = new Intl.DisplayNames(value, { type: "language" });
    return { value, name: names.of(value) ?? value };
  });
}
