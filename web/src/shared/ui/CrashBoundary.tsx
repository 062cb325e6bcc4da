import { Component, type ReactNode } from "react";

interface Props {
  /** Where this is: another one is a new attempt. */
  place?: string;
  crashed: (error: unknown) => ReactNode;
  children: ReactNode;
}

interface State {
  error: unknown;
  failed: boolean;
  place: string | undefined;
}

/** Shows something else in place of what a bug of ours stopped. */
export class CrashBoundary extends Component<Props, State> {
  override state: State = { error: undefined, failed: false, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error, failed: true };
  }

  static getDerivedStateFromProps({ place }: Props, state: State): Partial<State> | null {
    return place === state.place ? null : { place, failed: false, error: undefined };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.crashed(this.state.error) : this.props.children;
  }
}
