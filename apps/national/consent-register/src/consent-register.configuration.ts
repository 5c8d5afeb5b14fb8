import { referenceIndexRecipient } from '@samenhang/oprf';
import { IsBoolean, IsInt, IsNotEmpty, IsString, Matches, Min } from 'class-validator';

export class ConsentRegisterConfiguration {
  /** Whether the reference index is told what citizens do not want to be found of. */
  @IsBoolean() stateRestrictions = true;
  /** URA in whose name this register states restrictions; another name does not replace what the first one stated. */
  @Matches(/^\d{8}$/) registerOrganisation = '90000001';
  /** How the reference index is called as a recipient of pseudonyms; must be what the index itself has. */
  @Matches(/^(oin:\d{20}|ura:\d{8})$/) recipientOrganisation = referenceIndexRecipient.organisation;
  @IsNotEmpty() recipientScope = referenceIndexRecipient.scope;
  /** Persons a care provider may have named in a day, to learn who of its patients objects to secondary use. */
  @IsInt() @Min(1) objectionNamesPerDay = 1_000_000;
  /** Servers that subscribers may have told (names, `*.domain`, addresses, networks); none: public ones over https. */
  @IsString() notifyServers = '';
}
