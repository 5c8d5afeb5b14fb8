import {
  delayAfter,
  describeFault,
  LetGo,
  type EventLogLogger,
  type RetryPolicy,
} from '@samenhang/event-log';
import { AdaptivePause, type PauseLimits } from './adaptive-pause.js';

export interface BackgroundTaskSettings {
  readonly name: string;
  readonly limits: PauseLimits;
  readonly retry: RetryPolicy;
  readonly logger: EventLogLogger;
  /** One look; resolves to whether it found anything to do. */
  readonly look: () => Promise<boolean>;
}

/** Looks again and again until stopped; a fault makes it wait longer, never end. */
export class BackgroundTask {
  private readonly idle: AdaptivePause;
  private stopped = false;
  private running: Promise<void> | undefined;
  private interruptPause: (() => void) | undefined;

  constructor(private readonly settings: BackgroundTaskSettings) {
    this.idle = new AdaptivePause(settings.limits);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the look at hand has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.idle.interrupt();
    this.interruptPause?.();
    await this.running;
  }

  get isStopping(): boolean {
    return this.stopped;
  }

  ring(): void {
    this.idle.ring();
  }

  /** For waits within a look. @throws LetGo when the task stops */
  async pause(milliseconds: number): Promise<void> {
    if (!this.isStopping) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.interruptPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.interruptPause = undefined;
    }
    if (this.isStopping) throw new LetGo('Stopping');
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.isStopping) {
      try {
        const found = await this.settings.look();
        failures = 0;
        if (found) this.idle.reset();
        else if (!this.isStopping) await this.idle.wait();
      } catch (error) {
        if (error instanceof LetGo) continue;
        failures += 1;
        this.settings.logger.warn(
          { task: this.settings.name, fault: describeFault(error), failures },
          'event log task failed; trying again',
        );
        await this.pause(delayAfter(failures, this.settings.retry)).catch(() => {});
      }
    }
  }
}
