import {
  runService,
  type RunningService,
  type ServiceDefinition,
  type Variables,
} from '@samenhang/service-kit';

/**
 * Starts services in this process, in the given order, each with variables of its own.
 * When one cannot start, those before it are closed again.
 */
export async function startInOneProcess(
  definitions: readonly ServiceDefinition[],
  variablesOf: (service: ServiceDefinition) => Variables,
): Promise<{ close(): Promise<void> }> {
  const running: RunningService[] = [];
  const close = async (): Promise<void> => {
    for (const service of running.reverse()) await service.close();
  };
  try {
    for (const definition of definitions) running.push(await runService(definition, variablesOf(definition)));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
