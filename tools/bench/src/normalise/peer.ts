import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../peers/hl7v2-fhir-converter', import.meta.url));

export interface PeerRun {
  readonly messages: number;
  readonly resources: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

/** The HL7 v2 to FHIR converter of LinuxForHealth, in a Java process of its own. */
export class PeerConverter {
  private constructor(private readonly workspace: string) {}

  /** Why the peer cannot run here; undefined when it can. */
  static absence(): string | undefined {
    for (const tool of ['java', 'mvn'])
      if (spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0) return `no ${tool}`;
    return undefined;
  }

  /** Fetches the peer's jars through Maven. */
  static fetch(): PeerConverter {
    const workspace = mkdtempSync(join(tmpdir(), 'bench-peer-'));
    execFileSync(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        join(folder, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(workspace, 'jars')}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    return new PeerConverter(workspace);
  }

  run(messages: readonly string[], seconds: number): PeerRun {
    const file = join(this.workspace, 'messages.txt');
    writeFileSync(file, messages.map((message) => `${message.replaceAll('\r', '\u001e')}\n`).join(''));
    const output = execFileSync(
      'java',
      [
        '-Xmx1g',
        '-cp',
        join(this.workspace, 'jars', '*'),
        join(folder, 'Driver.java'),
        file,
        String(seconds),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 16 * 1024 * 1024 },
    );
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as PeerRun;
  }

  remove(): void {
    rmSync(this.workspace, { recursive: true });
  }
}
