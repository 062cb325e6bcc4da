import { useState } from "react";
import { Asking } from "./PlaceQuestion";
import { usePlace } from "./usePlace";

/** The question in a call that began before it was answered; the call goes on below it. */
export function PlaceBar({ roomId }: { roomId: string }) {
  const place = usePlace({ room_id: roomId });
  const [wasAsked, setAsked] = useState(false);
  if (place.asked === null) return null;
  if (place.asked.answer !== null && !wasAsked) return null;
  if (!wasAsked) setAsked(true);
  if (place.answer !== null) return null;
  return (
    <div className="max-h-[60dvh] shrink-0 overflow-y-auto bg-page text-ink scheme-normal">
      <Asking place={place} asked={place.asked} className="mx-auto max-w-3xl p-3 sm:px-6" />
    </div>
  );
}
