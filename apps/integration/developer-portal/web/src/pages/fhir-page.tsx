import { Heading, Loaded, Paragraph, Select, Table, useAnswer, useText } from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { text } from '../text.js';

interface PublishedDocument {
  readonly service: string;
  readonly kind: 'openapi' | 'capability';
}

interface Capability {
  readonly fhirVersion: string;
  readonly rest?: readonly { readonly resource?: readonly ResourceCapability[] }[];
}

interface ResourceCapability {
  readonly type: string;
  readonly interaction?: readonly { readonly code: string }[];
  readonly searchParam?: readonly { readonly name: string; readonly type: string }[];
  readonly operation?: readonly { readonly name: string }[];
}

/** What each FHIR server of the installation says it can do. */
export function FhirPage(): ReactNode {
  const words = useText(text);
  const documents = useAnswer<PublishedDocument[]>('/documents');
  const [service, setService] = useState('query-api');
  return (
    <>
      <Heading level={1}>{words.fhir}</Heading>
      <Paragraph>{words.fhirLead}</Paragraph>
      <Loaded answer={documents}>
        {(published) => (
          <Select label={words.server} value={service} onChange={({ target }) => setService(target.value)}>
            {published
              .filter(({ kind }) => kind === 'capability')
              .map((document) => (
                <option key={document.service}>{document.service}</option>
              ))}
          </Select>
        )}
      </Loaded>
      <CapabilityOf key={service} service={service} />
    </>
  );
}

function CapabilityOf({ service }: { readonly service: string }): ReactNode {
  const words = useText(text);
  const answer = useAnswer<Capability>(`/documents/capability/${service}`);
  return (
    <Loaded answer={answer}>
      {({ fhirVersion, rest = [] }) => (
        <>
          <Paragraph>{`${words.version}: FHIR ${fhirVersion}`}</Paragraph>
          <Table
            caption={service}
            rows={rest.flatMap(({ resource = [] }) => resource)}
            keyOf={({ type }) => type}
            empty={words.noTypes}
            columns={[
              { header: words.type, cell: ({ type }) => type },
              {
                header: words.interactions,
                cell: ({ interaction = [] }) => interaction.map(({ code }) => code).join(', '),
              },
              {
                header: words.parameters,
                cell: ({ searchParam = [] }) =>
                  searchParam.map(({ name, type }) => `${name} (${type})`).join(', '),
              },
              {
                header: words.operations,
                cell: ({ operation = [] }) => operation.map(({ name }) => `$${name}`).join(', '),
              },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}
