import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec, SPDX } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import type { NpmPackage } from './bundled-packages.ts';
import type { DebianPackage } from './dpkg-status.ts';
import type { WrittenImage } from './oci-layout.ts';

/** What an image is made of. */
export interface Materials {
  readonly debian: readonly DebianPackage[];
  readonly npm: readonly NpmPackage[];
  /** Node's version and the SHA-256 of its program, where the image has one. */
  readonly node?: { readonly version: string; readonly sha256: string } | undefined;
}

/**
 * The bill of an image's materials as a CycloneDX 1.6 document in JSON. The same image has the same document.
 *
 * @param options.epoch its time, in seconds since 1970
 */
export function billOfMaterials(
  image: WrittenImage & { readonly name: string; readonly description: string },
  { debian, npm, node }: Materials,
  { epoch }: { epoch: number },
): string {
  const components = [
    ...(debian.length === 0 ? [] : [operatingSystem()]),
    ...(node === undefined ? [] : [nodeComponent(node)]),
    ...debian.map(debianComponent),
    ...npm.map(npmComponent),
  ];
  const subject = imageComponent(image);
  for (const { bomRef } of components) subject.dependencies.add(bomRef);
  const bom = new Models.Bom({
    serialNumber: serialNumber(image.digest),
    version: 1,
    metadata: new Models.Metadata({ timestamp: new Date(epoch * 1000), component: subject }),
    components: new Models.ComponentRepository(components),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}

function imageComponent({
  name,
  description,
  reference,
  digest,
}: WrittenImage & { name: string; description: string }): Models.Component {
  const colon = reference.lastIndexOf(':');
  return new Models.Component(Enums.ComponentType.Container, reference, {
    bomRef: 'image',
    version: digest,
    description,
    purl: packageUrl('oci', '', name, digest, {
      repository_url: reference.slice(0, colon),
      tag: reference.slice(colon + 1),
    }),
    licenses: licensesOf('Apache-2.0'),
  });
}

/** Debian's release that the packages are of. */
function operatingSystem(): Models.Component {
  return new Models.Component(Enums.ComponentType.OperatingSystem, 'debian', {
    bomRef: 'operating-system',
    version: '12',
  });
}

function nodeComponent({ version, sha256 }: { version: string; sha256: string }): Models.Component {
  const purl = packageUrl('npm', '', 'node', version);
  return new Models.Component(Enums.ComponentType.Platform, 'node', {
    bomRef: purl,
    purl,
    version,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
    licenses: licensesOf('MIT'),
  });
}

function debianComponent(one: DebianPackage): Models.Component {
  const { name, version, architecture, source, maintainer, homepage } = one;
  const purl = packageUrl('deb', 'debian', name, version, { arch: architecture, distro: 'debian-12' });
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl,
    purl,
    version,
    supplier: new Models.OrganizationalEntity({ name: maintainer }),
    externalReferences: website(homepage),
    // Security notices are about source packages.
    properties: new Models.PropertyRepository([
      new Models.Property('debian:source', source.name),
      new Models.Property('debian:source-version', source.version),
    ]),
  });
}

function npmComponent({ name, version, license, homepage }: NpmPackage): Models.Component {
  const slash = name.indexOf('/');
  const [group, plain] = [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)];
  const purl = packageUrl('npm', group, plain, version);
  return new Models.Component(Enums.ComponentType.Library, plain, {
    ...(group !== '' && { group }),
    bomRef: purl,
    purl,
    version,
    licenses: licensesOf(license),
    externalReferences: website(homepage),
  });
}

function website(url: string | undefined): Models.ExternalReferenceRepository {
  const { Website } = Enums.ExternalReferenceType;
  return new Models.ExternalReferenceRepository(
    url === undefined || !URL.canParse(url) ? [] : [new Models.ExternalReference(url, Website)],
  );
}

function licensesOf(text: string | undefined): Models.LicenseRepository {
  if (text === undefined) return new Models.LicenseRepository();
  if (SPDX.isSupportedSpdxId(text)) return new Models.LicenseRepository([new Models.SpdxLicense(text)]);
  return new Models.LicenseRepository([
    / (?:AND|OR|WITH) /.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text),
  ]);
}

function packageUrl(
  type: string,
  namespace: string,
  name: string,
  version: string,
  qualifiers: Record<string, string> = {},
): string {
  return new PackageURL(type, namespace, name, version, qualifiers).toString();
}

/** A number that belongs to the image: RFC 9562's version 8, whose content is one's own. */
function serialNumber(digest: string): string {
  const hex = createHash('sha256').update(digest).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
