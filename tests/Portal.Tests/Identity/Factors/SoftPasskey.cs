using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Portal.Tests.Identity.Factors;

/// <summary>An authenticator in software (WebAuthn Level 3 section 6): one discoverable ES256 key, answers as a browser would send them.</summary>
internal sealed class SoftPasskey(Uri origin) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    private string userHandle = "";
    private uint count;

    /// <summary>Whether it looks at a fingerprint or PIN before it answers.</summary>
    public bool VerifiesUser { get; set; } = true;

    public string Origin { get; set; } = origin.GetLeftPart(UriPartial.Authority);

    /// <summary>The answer of <c>navigator.credentials.create</c>, as JSON.</summary>
    public string Create(string options)
    {
        using var asked = JsonDocument.Parse(options);
        userHandle = asked.RootElement.GetProperty("user").GetProperty("id").GetString()!;
        var point = key.ExportParameters(false).Q;
        // RFC 9053 section 7.1.1: kty EC2, alg ES256, crv P-256
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        var data = Data(asked.RootElement.GetProperty("rp").GetProperty("id").GetString()!, 0x40, [.. new byte[16], 0, (byte)id.Length, .. id, .. cose]);
        byte[] attestation =
            [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Answer(new Dictionary<string, object>
        {
            ["clientDataJSON"] = Encode(ClientData("webauthn.create", asked)),
            ["attestationObject"] = Encode(attestation),
            ["transports"] = (string[])["internal"],
        });
    }

    /// <summary>The answer of <c>navigator.credentials.get</c>, as JSON.</summary>
    public string Get(string options)
    {
        using var asked = JsonDocument.Parse(options);
        count++;
        var data = Data(asked.RootElement.GetProperty("rpId").GetString()!, 0, []);
        var client = ClientData("webauthn.get", asked);
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Answer(new Dictionary<string, object>
        {
            ["clientDataJSON"] = Encode(client),
            ["authenticatorData"] = Encode(data),
            ["signature"] = Encode(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["userHandle"] = userHandle,
        });
    }

    public void Dispose() => key.Dispose();

    // section 6.1
    private byte[] Data(string rpId, byte flags, byte[] more)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(rpId)), (byte)(flags | 0x01 | (VerifiesUser ? 0x04 : 0)), .. counter, .. more];
    }

    private byte[] ClientData(string type, JsonDocument asked) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = asked.RootElement.GetProperty("challenge").GetString(),
        origin = Origin,
        crossOrigin = false,
    });

    private string Answer(Dictionary<string, object> response) => JsonSerializer.Serialize(new
    {
        id = Encode(id),
        rawId = Encode(id),
        type = "public-key",
        authenticatorAttachment = "platform",
        clientExtensionResults = new { },
        response,
    });

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
