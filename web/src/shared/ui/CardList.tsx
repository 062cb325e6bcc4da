import type { Key, ReactNode } from "react";
import type { Beginning } from "../api/pages";
import { t } from "../i18n";
import { Button } from "./Button";
import { Card } from "./Card";
import { Empty, type EmptyProps } from "./Empty";
import { Loaded } from "./Loaded";
import type { Load } from "./useLoad";

export interface CardListProps<T> {
  load: Load<Beginning<T>>;
  /** In place of the list, where there is nothing. */
  empty: EmptyProps;
  keyOf: (item: T) => Key;
  /** A card. */
  children: (item: T) => ReactNode;
  onMore: () => void;
}

/** Cards one below the other, and more of them on request. */
export function CardList<T>({ load, empty, keyOf, children, onMore }: CardListProps<T>) {
  return (
    <Loaded load={load} framed>
      {({ items, isWhole }) => (
        <>
          {items.length === 0 ? (
            <Card>
              <Empty {...empty} />
            </Card>
          ) : (
            <ul className="flex flex-col gap-4">
              {items.map((item) => (
                <li key={keyOf(item)}>{children(item)}</li>
              ))}
            </ul>
          )}
          {!isWhole && (
            <div className="mt-6 flex justify-center">
              <Button variant="secondary" onPress={onMore} isPending={load.loading}>
                {t("common.loadMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
