using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Identity.Oidc;

/// <summary>
/// Signs access tokens with one ES256 key (RFC 7515 section 7.1, RFC 7518 section 3.4). A key's object is for one thread at a time, so each that
/// signs borrows one.
/// </summary>
internal sealed class KeySigner(string keyId, Func<ECDsa> open)
{
    private const int SignatureBytes = 64;
    private static readonly int SignatureLength = Base64Url.GetEncodedLength(SignatureBytes);
    private readonly ConcurrentBag<ECDsa> idle = [];

    // RFC 9068 section 2.1: a type of its own, so that no ID token passes for an access token
    private readonly byte[] head = Encoding.ASCII.GetBytes(
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"{{keyId}}","typ":"at+jwt"}""")) + ".");

    /// <summary>The token in compact form; <paramref name="payload"/> is the JSON of its claims.</summary>
    public string AccessToken(ReadOnlySpan<byte> payload)
    {
        var signed = head.Length + Base64Url.GetEncodedLength(payload.Length);
        var length = signed + 1 + SignatureLength;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var key = idle.TryTake(out var ready) ? ready : open();
        try
        {
            var text = rented.AsSpan(0, length);
            head.CopyTo(text);
            Base64Url.EncodeToUtf8(payload, text[head.Length..]);
            Span<byte> signature = stackalloc byte[SignatureBytes];
            key.SignData(text[..signed], signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            text[signed] = (byte)'.';
            Base64Url.EncodeToUtf8(signature, text[(signed + 1)..]);
            return Encoding.ASCII.GetString(text);
        }
        finally
        {
            idle.Add(key);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
