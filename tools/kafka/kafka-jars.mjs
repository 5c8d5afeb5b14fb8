// Apache Kafka's jars: fetched through Maven once, then used from the cache without a network.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pom = fileURLToPath(new URL('../../deploy/kafka/pom.xml', import.meta.url));
const MINIMUM_JAVA = 17;

export function kafkaVersion() {
  return /<kafka\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1] ?? 'unknown';
}

/** Where the jars are kept: $SAMENHANG_KAFKA_CACHE, else below the user's cache folder. */
export function jarDirectory() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(process.env.SAMENHANG_KAFKA_CACHE || join(cache, 'samenhang'), `kafka-${kafkaVersion()}`);
}

/** @returns {{available: true} | {available: false, reason: string}} whether Kafka can be run here, and why not */
export function kafkaAvailable() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.status !== 0)
    return { available: false, reason: `Java ${MINIMUM_JAVA} or later is not installed` };
  const major = Number(/version "(\d+)/.exec(java.stderr)?.[1]);
  if (!(major >= MINIMUM_JAVA))
    return { available: false, reason: `Java ${MINIMUM_JAVA} or later is needed, this is Java ${major}` };
  if (!existsSync(jarDirectory()) && spawnSync('mvn', ['--version']).status !== 0) {
    return { available: false, reason: 'Maven is not installed' };
  }
  return { available: true };
}

/** @returns {string} the folder with the jars; fetched when they are not there yet */
export function fetchKafka({ log = () => {} } = {}) {
  const directory = jarDirectory();
  if (existsSync(directory)) return directory;
  log(`Fetching Apache Kafka ${kafkaVersion()} through Maven (45 MB, once)`);
  const partial = `${directory}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const maven = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${partial}`,
      '-DincludeScope=runtime',
    ],
    { encoding: 'utf8' },
  );
  if (maven.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    const output = `${maven.stdout ?? ''}${maven.stderr ?? ''}`.trim().split('\n').slice(0, 3).join(' | ');
    throw new Error(`Maven could not fetch Kafka: ${output || maven.error?.message}`);
  }
  try {
    renameSync(partial, directory);
  } catch (error) {
    // Another run was faster: its copy is as good.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

/** @returns {Promise<string>} what the program printed */
export function run(program, parameters) {
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          new Error(
            `${program} failed: ${(stderr || stdout || error.message).trim().split('\n').slice(-3).join(' | ')}`,
          ),
        );
    });
  });
}
