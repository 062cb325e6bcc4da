import { useParams } from "wouter";

/** A part of the address by its name in the route, decoded. */
export function useParameter(name: string): string {
  const value = useParams()[name] ?? "";
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // typed by hand: the server will say that there is no such thing
  }
}
