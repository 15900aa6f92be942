using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>Public keys that a client sent or registered (RFC 7517).</summary>
internal static class ClientKeys
{
    private const int Most = 10;
    private const int LeastRsaBits = 2048;
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    /// <summary>The keys to check signatures with; what is no key set holds none.</summary>
    public static IReadOnlyList<SecurityKey> Read(string jwks)
    {
        try
        {
            return [.. new JsonWebKeySet(jwks).Keys.Where(IsPublic).Select(Fresh)];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    /// <summary>What is wrong with a key set, or null.</summary>
    public static string? Trouble(string jwks)
    {
        JsonWebKeySet set;
        try
        {
            set = new JsonWebKeySet(jwks);
        }
        catch (ArgumentException)
        {
            return "This is no JSON Web Key Set: paste {\"keys\": [ … ]} with the public keys.";
        }

        if (set.Keys.Count is 0 or > Most) return $"Give one to {Most} public keys.";
        if (set.Keys.Any(key => key.HasPrivateKey)) return "This holds a private key. Throw that key away, make a new one, and paste only its public half.";
        return set.Keys.All(IsPublic) ? null : "Use EC keys on P-256, P-384 or P-521, or RSA keys of at least 2048 bits.";
    }

    /// <summary>Whether it is a public key that signatures can be trusted by.</summary>
    public static bool IsPublic(JsonWebKey key)
    {
        if (key.HasPrivateKey || key.Kty is not ("EC" or "RSA")) return false;
        try
        {
            if (key.Kty == "RSA") return key.KeySize >= LeastRsaBits;
            if (key.Crv is not ("P-256" or "P-384" or "P-521")) return false;
            // a point that lies on no curve is refused here
            using var curve = ECDsa.Create(new ECParameters
            {
                Curve = key.Crv switch
                {
                    "P-256" => ECCurve.NamedCurves.nistP256,
                    "P-384" => ECCurve.NamedCurves.nistP384,
                    _ => ECCurve.NamedCurves.nistP521,
                },
                Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
            });
            return true;
        }
        catch (Exception trouble) when (trouble is CryptographicException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Keys that strangers send are not kept: the cache of signature providers would grow with them.</summary>
    public static JsonWebKey Fresh(JsonWebKey key)
    {
        key.CryptoProviderFactory = Uncached;
        return key;
    }
}
