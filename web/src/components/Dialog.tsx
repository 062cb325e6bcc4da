import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { t } from "../i18n";
import { Button, IconButton } from "./Button";

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** `alertdialog` interrupts: a screen reader reads it at once, and it is left only by one of its buttons. */
  role?: "dialog" | "alertdialog";
  wide?: boolean;
}

/** A modal dialog; on a phone it is a sheet at the bottom. Focus stays inside and returns where it was. */
export function Dialog({ isOpen, onClose, title, children, role = "dialog", wide = false }: DialogProps) {
  const dismissable = role === "dialog";
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={dismissable}
      isKeyboardDismissDisabled={!dismissable}
      className="fixed inset-0 z-40 flex items-end justify-center bg-ink/45 backdrop-blur-[2px] sm:items-center sm:p-6"
    >
      <Modal
        className={`max-h-[92dvh] w-full overflow-y-auto overscroll-contain rounded-t-card bg-surface shadow-float data-entering:animate-rise sm:rounded-card ${wide ? "sm:max-w-xl" : "sm:max-w-md"}`}
      >
        <AriaDialog role={role} className="p-5 outline-none sm:p-7">
          <div className="flex items-start justify-between gap-4">
            <Heading slot="title" className="pt-1.5 text-xl font-bold tracking-tight">
              {title}
            </Heading>
            {dismissable && (
              <IconButton aria-label={t("common.close")} onPress={onClose} className="-mt-1 -mr-2">
                <X aria-hidden className="size-5" />
              </IconButton>
            )}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  text: string;
  confirm: string;
  onConfirm: () => void;
  isPending?: boolean;
  danger?: boolean;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} role="alertdialog">
      <p className="mt-2 text-ink-soft">{props.text}</p>
      <div className="mt-6 flex flex-col-reverse gap-3 sm:flex-row sm:justify-end">
        <Button variant="secondary" onPress={props.onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          variant={props.danger ? "danger" : "primary"}
          onPress={props.onConfirm}
          isPending={props.isPending ?? false}
        >
          {props.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
