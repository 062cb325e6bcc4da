import mark from "../theme/carelay.svg";

/** The mark of carelay; decoration beside a name in words. */
export function Mark({ className = "size-8" }: { className?: string }) {
  return <img src={mark} alt="" className={className} />;
}
