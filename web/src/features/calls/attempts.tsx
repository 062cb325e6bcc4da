import {
  type ComponentType,
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useState,
} from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { CrashBoundary } from "../../shared/ui/CrashBoundary";
import { Notice } from "../../shared/ui/Notice";
import { Spinner } from "../../shared/ui/Spinner";

const Attempt = createContext({ number: 0 });

/** What is loaded when it is shown, or by `load` before that. */
export type Attempted<Props> = ComponentType<Props> & { load: () => void };

/** A component that is loaded anew at each attempt: React remembers of each that it failed. */
export function attempted<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): Attempted<Props> {
  const made = new WeakMap<object, ComponentType<Props>>();
  const ofAttempt = (attempt: object) => {
    const before = made.get(attempt);
    if (before) return before;
    const Made: ComponentType<Props> = lazy(async () => ({ default: await load() }));
    made.set(attempt, Made);
    return Made;
  };
  const OfAttempt = (props: Props) => {
    const Made = ofAttempt(useContext(Attempt));
    return <Made {...props} />;
  };
  // What fails is told where it is shown.
  return Object.assign(OfAttempt, { load: () => void load().catch(() => undefined) });
}

/** What could not be loaded says so and can be tried again, and nothing around it is lost. */
export function Attempts({ onRetry, children }: { onRetry?: () => void; children: ReactNode }) {
  const [attempt, setAttempt] = useState({ number: 1 });
  const retry = () => {
    setAttempt({ number: attempt.number + 1 });
    onRetry?.();
  };
  const crashed = () => (
    <Notice
      tone="bad"
      title={t("errors.loadTitle")}
      actions={
        <Button size="small" variant="secondary" onPress={retry}>
          {t("common.retry")}
        </Button>
      }
    />
  );
  return (
    <CrashBoundary place={`${attempt.number}`} crashed={crashed}>
      <Attempt value={attempt}>
        <Suspense fallback={<Spinner className="mx-auto size-6 text-accent-ink" />}>
          {children}
        </Suspense>
      </Attempt>
    </CrashBoundary>
  );
}
