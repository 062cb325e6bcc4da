import { ChevronDown, LogOut } from "lucide-react";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";
import { useIdentity, useSession } from "../../features/identity";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Name } from "../../shared/ui/Name";

export function UserMenu() {
  const { name, role } = useIdentity();
  const { signedOut, restart } = useSession();
  // A failed request may have signed out nevertheless: only the server knows, so ask it.
  const signOut = () => api.logout().then(() => signedOut("left"), restart);
  return (
    <MenuTrigger>
      <Button className="flex min-h-11 cursor-pointer items-center gap-2 rounded-full p-1 data-hovered:bg-sunken data-pressed:bg-sunken sm:pr-2">
        <Avatar name={name} size="small" />
        <Name className="max-w-48 text-sm font-semibold max-lg:sr-only">{name}</Name>
        <ChevronDown aria-hidden className="size-4 text-ink-faint" />
      </Button>
      <Popover
        placement="bottom end"
        className="w-72 max-w-[calc(100vw-1.5rem)] rounded-card bg-surface p-1.5 shadow-float ring-1 ring-line data-entering:animate-rise"
      >
        <Menu className="outline-none">
          <MenuSection>
            <Header className="mb-1.5 border-b border-line px-3 pt-2 pb-3">
              <span className="line-clamp-3 font-semibold wrap-anywhere">{name}</span>
              <span className="block text-sm text-ink-soft">{t(`roles.${role}`)}</span>
            </Header>
            <MenuItem
              onAction={() => void signOut()}
              className="flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 outline-none data-focused:bg-sunken"
            >
              <LogOut aria-hidden className="size-4 text-ink-soft" />
              {t("nav.signOut")}
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
