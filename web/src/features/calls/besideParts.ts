import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

/** Something that can be opened beside a call. */
export interface BesidePart {
  id: string;
  title: string;
  /** Under its picture, where there is room for words. */
  short: string;
  Icon: LucideIcon;
  /** It stays there, hidden, when it is closed. */
  Content: ComponentType<{ isOpen: boolean }>;
  /** What came since it was last open. */
  unread?: { count: number; label: string } | undefined;
}
