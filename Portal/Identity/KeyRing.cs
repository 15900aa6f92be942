using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Database;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace Portal.Identity;

/// <summary>Data-protection keys in the database, so that every portal of a deployment reads what another wrote.</summary>
internal sealed class KeyRing(Db db, TimeProvider clock) : IXmlRepository
{
    // the interface is synchronous and asked at start and once a day
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. db.Query<string>(Sql.All).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) => db.Write(tx => tx.Execute(
        Sql.Add, new { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting), Now = clock.GetUtcNow() }))
        .GetAwaiter().GetResult();

    internal static class Sql
    {
        public const string All = "select Xml from DataProtectionKey order by CreatedAt";

        public const string Add = "insert into DataProtectionKey (FriendlyName, Xml, CreatedAt) values (@FriendlyName, @Xml, @Now)";
    }
}

/// <summary>Encrypts those keys with the master secret: AES-256-GCM, 12 bytes nonce, 16 bytes tag, the text.</summary>
internal sealed class MasterSecretEncryptor(string master) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedText = new byte[28 + text.Length];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, 12));
        using var aes = new AesGcm(Secrets.Derive(master, MasterSecretDecryptor.Purpose), 16);
        aes.Encrypt(sealedText.AsSpan(0, 12), text, sealedText.AsSpan(28), sealedText.AsSpan(12, 16));
        return new EncryptedXmlInfo(new XElement("masterSecret", Convert.ToBase64String(sealedText)), typeof(MasterSecretDecryptor));
    }
}

/// <summary>Made by the key ring, which hands it the services.</summary>
internal sealed class MasterSecretDecryptor(IServiceProvider services) : IXmlDecryptor
{
    internal const string Purpose = "portal data protection";

    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<IOptions<IdentityOptions>>().Value.MasterSecret;
        var sealedText = Convert.FromBase64String(encryptedElement.Value);
        var text = new byte[sealedText.Length - 28];
        using var aes = new AesGcm(Secrets.Derive(master, Purpose), 16);
        aes.Decrypt(sealedText.AsSpan(0, 12), sealedText.AsSpan(28), sealedText.AsSpan(12, 16), text);
        return XElement.Parse(Encoding.UTF8.GetString(text));
    }
}

internal sealed class KeyRingOptions(Db db, TimeProvider clock, IOptions<IdentityOptions> options) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        keys.XmlRepository = new KeyRing(db, clock);
        keys.XmlEncryptor = new MasterSecretEncryptor(options.Value.MasterSecret);
    }
}
