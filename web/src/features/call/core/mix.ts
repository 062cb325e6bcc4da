/**
 * A voice and the sound of a shared screen on one track. The relay carries, and the recording
 * keeps, one sound of each participant: what they play is theirs, as is what they say.
 */

const PATIENCE_MS = 1_000;

export class SoundMix {
  readonly #context: AudioContext;
  readonly #sound: MediaStreamTrack;
  readonly #output: MediaStreamAudioDestinationNode;
  #voice: MediaStreamAudioSourceNode | null = null;

  private constructor(context: AudioContext, sound: MediaStreamTrack) {
    this.#context = context;
    this.#sound = sound;
    this.#output = context.createMediaStreamDestination();
    this.#add(sound);
  }

  /**
   * null: this browser plays nothing for now, and a mix would cost the voice too. `sound` is
   * captured no longer than it is mixed.
   */
  static async open(sound: MediaStreamTrack): Promise<SoundMix | null> {
    const context = new AudioContext();
    await Promise.race([
      context.resume().catch(() => undefined),
      new Promise((late) => setTimeout(late, PATIENCE_MS)), // without a press it never begins
    ]);
    try {
      if (context.state === "running") return new SoundMix(context, sound);
    } catch (error) {
      void context.close();
      throw error;
    }
    sound.stop();
    void context.close();
    return null;
  }

  /** To be sent instead of the microphone. A voice that is muted is silent in it. */
  get track(): MediaStreamTrack | null {
    return this.#output.stream.getAudioTracks()[0] ?? null;
  }

  setVoice(track: MediaStreamTrack | null): void {
    this.#voice?.disconnect();
    this.#voice = track && this.#add(track);
  }

  close(): void {
    this.#sound.onended = null;
    this.#sound.stop();
    this.track?.stop();
    void this.#context.close();
  }

  #add(track: MediaStreamTrack): MediaStreamAudioSourceNode {
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    source.connect(this.#output);
    return source;
  }
}
