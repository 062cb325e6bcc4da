import { useCallback, useEffect, useState } from "react";
import { t } from "../shared/i18n";
import { formatPercent } from "../shared/i18n/format";
import { Button } from "../shared/ui/Button";
import { Card } from "../shared/ui/Card";
import { Mark } from "../shared/ui/Mark";
import { Chooser } from "./Chooser";
import { Contents } from "./Contents";
import { contentsOf, type Contents as Read } from "./contents";
import { type Checked, check } from "./core/check";
import { archiveFiles, type Files, folderFiles, type Unreadable } from "./core/files";
import { Facts } from "./Facts";
import { Refused, Unopened, Whole } from "./Verdict";

type State =
  | { at: "start" }
  | { at: "checking"; share: number }
  | { at: "unreadable"; why: Unreadable }
  | { at: "refused"; files: Files; checked: Checked }
  | { at: "whole"; files: Files; checked: Checked; contents: Read };

/** Finds out whether an export is as it was made, and plays it only then. */
export function BundlePage() {
  const [state, setState] = useState<State>({ at: "start" });
  useEffect(() => {
    document.title = t("bundle.pageTitle");
  }, []);
  const begin = useCallback(async (chosen: ReadonlyMap<string, Blob>) => {
    setState({ at: "checking", share: 0 });
    const [only] = chosen.size === 1 ? chosen.values() : [];
    const files = await (only ? archiveFiles(only) : folderFiles(chosen));
    if (typeof files === "string") return setState({ at: "unreadable", why: files });
    const checked = await check(files, (done, total) =>
      setState({ at: "checking", share: total > 0 ? done / total : 0 }),
    );
    if (checked.problems.length > 0) return setState({ at: "refused", files, checked });
    setState({ at: "whole", files, checked, contents: await contentsOf(files, checked.rows) });
  }, []);

  return (
    <main className="mx-auto flex w-full max-w-5xl flex-col gap-8 px-4 py-8 sm:px-8 sm:py-12">
      <header>
        <p className="mb-5 flex items-center gap-2.5 font-bold">
          <Mark className="size-7" /> {t("common.appName")}
        </p>
        <h1 className="text-2xl font-bold tracking-tight sm:text-[1.75rem]">
          {t("bundle.pageTitle")}
        </h1>
        <p className="mt-2 max-w-2xl text-muted">{t("bundle.subtitle")}</p>
      </header>
      {state.at === "start" && <Chooser onChosen={begin} />}
      {state.at === "checking" && <Checking share={state.share} />}
      {state.at === "unreadable" && <Unopened why={state.why} />}
      {state.at === "refused" && <Refused checked={state.checked} />}
      {state.at === "whole" && (
        <>
          <Whole files={state.files} />
          <Contents contents={state.contents} manifest={state.files.manifest} />
          <Facts
            files={state.files}
            checked={state.checked}
            rowsNotSigned={state.contents.rowsNotSigned}
          />
        </>
      )}
      {!["start", "checking"].includes(state.at) && (
        <div>
          <Button variant="secondary" onPress={() => setState({ at: "start" })}>
            {t("bundle.another")}
          </Button>
        </div>
      )}
    </main>
  );
}

/** How far it is, told at every tenth to who hears it. */
function Checking({ share }: { share: number }) {
  const words = t("bundle.checked", { share: formatPercent(share) });
  const tenth = t("bundle.checked", { share: formatPercent(Math.floor(share * 10) / 10) });
  return (
    <Card className="px-6 py-10">
      <p className="mb-4 text-center text-lg font-semibold">{t("bundle.checking")}</p>
      <progress
        value={share}
        max={1}
        aria-label={t("bundle.checking")}
        className="block h-2.5 w-full appearance-none overflow-hidden rounded-full bg-subtle accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-subtle [&::-webkit-progress-value]:bg-accent"
      />
      <p aria-hidden className="mt-3 text-center text-sm text-muted tabular-nums">
        {words}
      </p>
      <p role="status" className="sr-only">
        {tenth}
      </p>
    </Card>
  );
}
