import { useState } from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";

export interface EraseChatProps {
  erase: (reason: string) => Promise<void>;
}

/** Asks why, and first: nobody brings it back. */
export function EraseChat({ erase }: EraseChatProps) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button
        size="small"
        variant="quiet"
        className="self-end max-sm:min-h-11"
        onPress={() => setAsked(true)}
      >
        {t("chat.erase")}
      </Button>
      {isAsked && (
        <ReasonDialog
          title={t("chat.eraseTitle")}
          text={t("chat.eraseText")}
          confirm={t("chat.eraseNow")}
          onClose={() => setAsked(false)}
          onConfirm={erase}
          danger
        />
      )}
    </>
  );
}
