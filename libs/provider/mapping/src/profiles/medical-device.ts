import { mergeNotes } from '../datatypes/annotations.js';
import { satisfies, withOther } from '../datatypes/concepts.js';
import type { Device, DeviceUseStatement } from '../fhir-types.js';
import { shapeBodySites } from './body-site.js';
import { claims, conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

const product = 'nl-core-MedicalDevice.Product';

/** R4's Device.status to that of the use of it. */
const useOf: Readonly<Record<string, string>> = {
  active: 'active',
  inactive: 'completed',
  'entered-in-error': 'entered-in-error',
};

export function shapeDevice(device: Device, context: ProfileContext): Conformance {
  if (device.patient === undefined && device['udiCarrier'] === undefined && !claims(device, product)) {
    return staysBase('no-zib', 'no-zib', 'A device that no patient has is no medical device of the zib');
  }
  if (
    (device.identifier?.length ?? 0) > 1 ||
    ((device['udiCarrier'] as unknown[] | undefined) ?? []).length > 1
  ) {
    return staysBase(
      'out-of-range',
      'several-product-ids',
      'The device has several numbers, the profile has room for one',
    );
  }
  mergeNotes(device);
  if (device.type !== undefined && !satisfies(device.type, 'ProductType', context.tables))
    withOther(device.type);
  addUse(device, context);
  return conformsTo(product);
}

/**
 * R4's `Device.patient` says that the device is affixed to a person; the zib says it by the use of a product. A device in
 * the zib's own shape comes with its use.
 */
function addUse(device: Device, context: ProfileContext): void {
  const { id, patient, status } = device;
  if (
    id === undefined ||
    patient === undefined ||
    claims(device, product) ||
    context.isReferred('Device', id)
  )
    return;
  context.putFact({
    resourceType: 'DeviceUseStatement',
    id: context.idOf('DeviceUseStatement', `device:${id}`),
    status: useOf[status ?? ''] ?? 'active',
    subject: patient,
    device: { reference: `Device/${id}`, type: 'Device' },
  });
}

export function shapeDeviceUseStatement(use: DeviceUseStatement, context: ProfileContext): Conformance {
  if (use.bodySite !== undefined) {
    const sites = { bodySite: [use.bodySite], note: use.note ?? [] };
    shapeBodySites(sites, context);
    if (sites.bodySite === undefined) delete use.bodySite;
    if (sites.note.length > 0) use.note = sites.note;
  }
  mergeNotes(use);
  return conformsTo('nl-core-MedicalDevice');
}
