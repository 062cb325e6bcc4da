import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { formatDateTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Switch } from "../../shared/ui/Switch";
import { TextField } from "../../shared/ui/TextField";
import { useLoad } from "../../shared/ui/useLoad";
import { useAct } from "./useAct";

/** The private address at which one's own calendar program reads the calendar. */
export function FeedDialog({ onClose }: { onClose: () => void }) {
  const load = useLoad(useCallback(() => api.calendarFeed(), []));
  const [names, setNames] = useState(false);
  const [address, setAddress] = useState<string | null>(null);
  const { isPending, problem, run } = useAct();

  const open = () =>
    run(async () => {
      const { path } = await api.openCalendarFeed({ shows: names ? "names" : "busy" });
      setAddress(new URL(path, location.origin).href);
      load.reload();
    });
  const close = () =>
    run(async () => {
      await api.closeCalendarFeed();
      setAddress(null);
      load.reload();
    });
  return (
    <Dialog isOpen onClose={onClose} title={t("appointments.feed.title")} wide>
      <p className="mt-1 text-muted">{t("appointments.feed.text")}</p>
      <Loaded load={load} rows={1}>
        {({ created_at }) => (
          <div className="mt-4 flex flex-col gap-4">
            {address ? (
              <>
                <TextField
                  label={t("appointments.feed.address")}
                  value={address}
                  readOnly
                  onChange={() => undefined}
                  onFocus={({ target }) => target.select()}
                />
                <p className="text-sm text-muted">{t("appointments.feed.once")}</p>
              </>
            ) : (
              <>
                {created_at && (
                  <Notice>
                    {t("appointments.feed.there", { time: formatDateTime(created_at) })}
                  </Notice>
                )}
                <Switch
                  label={t("appointments.feed.names")}
                  description={t("appointments.feed.namesText")}
                  isSelected={names}
                  onChange={setNames}
                />
              </>
            )}
            {problem && <Notice tone="bad">{problem}</Notice>}
            <Decision>
              {created_at && (
                <Button variant="secondary" onPress={() => void close()} isPending={isPending}>
                  {t("appointments.feed.revoke")}
                </Button>
              )}
              {!address && (
                <Button onPress={() => void open()} isPending={isPending}>
                  {t(created_at ? "appointments.feed.renew" : "appointments.feed.make")}
                </Button>
              )}
            </Decision>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
