using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Portal.Identity.SignIn;

namespace Portal.Identity.Companies;

/// <summary>One thing that was looked at.</summary>
internal sealed record Finding(bool IsGood, string Text);

/// <summary>Asks a company's issuer everything that a sign-in will need, and says in words what would fail.</summary>
internal static class TryCompanyIssuer
{
    public static async Task<IReadOnlyList<Finding>> Run(Issuer issuer, PublicAddress address, CancellationToken cancelled)
    {
        var found = new List<Finding>();
        OpenIdConnectConfiguration metadata;
        try
        {
            metadata = await issuer.Metadata(cancelled);
        }
        catch (IssuerException trouble)
        {
            found.Add(new Finding(false, Why(trouble, issuer)));
            return found;
        }

        found.Add(new Finding(true, $"The issuer answers at {issuer.Name}."));
        var keys = metadata.SigningKeys.Count(key => key is not SymmetricSecurityKey);
        found.Add(keys > 0
            ? new Finding(true, keys == 1 ? "It publishes one signing key." : $"It publishes {keys} signing keys.")
            : new Finding(false, "It publishes no signing key. Look at its jwks_uri."));
        if (metadata.ResponseTypesSupported is { Count: > 0 } types && !types.Contains("code"))
            found.Add(new Finding(false, "It does not support the authorization code flow (response_type=code)."));
        if (metadata.IdTokenSigningAlgValuesSupported is { Count: > 0 } algorithms && !algorithms.Intersect(IdTokens.Algorithms).Any())
            found.Add(new Finding(false, "It signs ID tokens in no way that is safe to accept. Choose RS256, PS256 or ES256."));
        try
        {
            found.Add(await issuer.KnowsClient(cancelled)
                ? new Finding(true, "It knows the client id and the secret.")
                : new Finding(
                    false,
                    "It does not accept the client id and secret. Check both, and that it allows the redirect address "
                    + $"{address.Of(issuer.Settings.CallbackPath)}."));
        }
        catch (IssuerException)
        {
            found.Add(new Finding(false, $"Its token endpoint {metadata.TokenEndpoint} does not answer."));
        }

        return found;
    }

    private static string Why(Exception trouble, Issuer issuer)
    {
        for (var inner = trouble; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case PrivateAddressException:
                    return "The address lies inside a private network, which this portal does not reach for customers. Give the issuer a public "
                        + "name, or ask support.";
                case System.Security.Authentication.AuthenticationException:
                    return "The issuer's TLS certificate is not good. It must be signed by a public authority and carry the issuer's name.";
                case System.Net.Sockets.SocketException:
                    return $"Nothing answers at {new Uri(issuer.Name).Authority}. Check the address.";
                case HttpRequestException { StatusCode: { } status }:
                    return $"The issuer answers its metadata address {issuer.Name}{Oidc.Discovery.Path} with status {(int)status}. Check the "
                        + "address.";
            }
        }

        return trouble.InnerException is null
            ? trouble.Message
            : $"What lies at {issuer.Name}{Oidc.Discovery.Path} is no OpenID provider's metadata. Check the address.";
    }
}
