import type { ReactNode } from "react";
import { words } from "../api/refusals";
import { t } from "../i18n";
import { Button } from "./Button";
import { Card } from "./Card";
import { Notice } from "./Notice";
import type { Load } from "./useLoad";

export interface LoadedProps<Value> {
  load: Load<Value>;
  /** Rows of the grey placeholder that stands there while loading. */
  rows?: number;
  /**
   * The placeholder and the error stand on a card of their own: what is loaded brings its own
   * cards.
   */
  framed?: boolean;
  children: (value: Value) => ReactNode;
}

/**
 * Shows what was loaded; before that a placeholder, and when it failed why, with a way to try
 * again.
 */
export function Loaded<Value>({ load, rows = 4, framed = false, children }: LoadedProps<Value>) {
  if (load.value !== undefined) {
    return (
      // One box, whatever grid it stands in: the notice does not take the place of what it speaks
      // of.
      <div className="min-w-0">
        {load.error !== undefined && <Failed load={load} className={framed ? "mb-4" : "m-4"} />}
        {children(load.value)}
      </div>
    );
  }
  const instead =
    load.error !== undefined ? <Failed load={load} className="m-4" /> : <Placeholder rows={rows} />;
  return framed ? <Card>{instead}</Card> : instead;
}

function Failed<Value>({ load, className }: { load: Load<Value>; className: string }) {
  return (
    <Notice
      tone="bad"
      title={t("errors.loadTitle")}
      className={className}
      actions={
        <Button size="small" variant="secondary" onPress={load.reload} isPending={load.loading}>
          {t("common.retry")}
        </Button>
      }
    >
      {words(load.error)}
    </Notice>
  );
}

function Placeholder({ rows }: { rows: number }) {
  return (
    <div role="status" className="flex animate-pulse flex-col gap-4 p-5">
      <span className="sr-only">{t("common.loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical grey bars that never move
        <div key={row} aria-hidden className="flex items-center gap-4">
          <div className="size-10 rounded-full bg-subtle" />
          <div className="h-4 flex-1 rounded bg-subtle" />
          <div className="h-4 w-20 rounded bg-subtle" />
        </div>
      ))}
    </div>
  );
}
