import { useState } from "react";
import { t } from "../../shared/i18n";
import { EraseChat, type EraseChatProps } from "./EraseChat";

/** The chat of a call for whoever may erase it and not read it. */
export function EraseUnread({ erase }: EraseChatProps) {
  const [isErased, setErased] = useState(false);
  return (
    <div className="flex flex-col gap-2">
      <p role="status" className="text-sm text-muted">
        {t(isErased ? "chat.erased" : "chat.forCompliance")}
      </p>
      {!isErased && <EraseChat erase={(why) => erase(why).then(() => setErased(true))} />}
    </div>
  );
}
