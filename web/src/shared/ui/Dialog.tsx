import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { t } from "../i18n";
import { Button, IconButton } from "./Button";
import { Notice } from "./Notice";

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /**
   * `alertdialog` interrupts: a screen reader reads it at once, and a stray click beside it does
   * not close it.
   */
  role?: "dialog" | "alertdialog";
  wide?: boolean;
}

/**
 * A modal dialog; on a phone it is a sheet at the bottom. Focus stays inside and returns where it
 * was.
 */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
  role = "dialog",
  wide = false,
}: DialogProps) {
  const dismissable = role === "dialog";
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={dismissable}
      className="safe-x fixed inset-0 z-40 flex items-end justify-center bg-scrim backdrop-blur-[2px] sm:items-center sm:p-6"
    >
      <Modal
        className={`max-h-[92dvh] w-full scroll-pb-24 overflow-y-auto overscroll-contain rounded-t-card bg-raised shadow-float data-entering:animate-rise sm:rounded-card ${wide ? "sm:max-w-xl" : "sm:max-w-md"}`}
      >
        <AriaDialog role={role} className="p-5 wrap-anywhere outline-none sm:p-7">
          <div className="flex items-start justify-between gap-4">
            <Heading
              slot="title"
              dir="auto"
              {...(typeof title === "string" && { title })}
              className="line-clamp-3 min-w-0 pt-1.5 text-start text-xl font-bold tracking-tight"
            >
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

/**
 * What a dialog lets one decide: below all else, and in sight while a long text scrolls above it.
 */
export function Decision({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 -mx-5 mt-3 -mb-5 flex flex-col-reverse gap-3 bg-raised px-5 pt-3 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:-mx-7 sm:-mb-7 sm:flex-row sm:justify-end sm:px-7 sm:pb-7 short:flex-row short:flex-wrap short:gap-2 short:pb-[max(0.75rem,env(safe-area-inset-bottom))] [&>*]:short:flex-1">
      {children}
    </div>
  );
}

/** The end of a form: why it was not taken, the way out, and the button that sends it. */
export function FormDecision({
  problem,
  onCancel,
  children,
}: {
  problem: ReactNode;
  onCancel: () => void;
  children: ReactNode;
}) {
  return (
    <>
      {problem && (
        <Notice tone="bad" className="mt-4">
          {problem}
        </Notice>
      )}
      <Decision>
        <Button variant="secondary" onPress={onCancel}>
          {t("common.cancel")}
        </Button>
        {children}
      </Decision>
    </>
  );
}

export interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  text: string;
  confirm: string;
  /** What stays as it is, in words: "Stay in the call". */
  keep?: string;
  onConfirm: () => void;
  isPending?: boolean;
  danger?: boolean;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} role="alertdialog">
      <p className="mt-2 text-muted">{props.text}</p>
      <Decision>
        <Button variant="secondary" onPress={props.onClose}>
          {props.keep ?? t("common.cancel")}
        </Button>
        <Button
          variant={props.danger ? "danger" : "primary"}
          onPress={props.onConfirm}
          isPending={props.isPending ?? false}
        >
          {props.confirm}
        </Button>
      </Decision>
    </Dialog>
  );
}
