using Database;
using Microsoft.Extensions.Options;
using Portal.Identity.SignIn;

namespace Portal.Identity.Factors;

/// <summary>
/// Whether somebody has shown who they are so recently that money may move: by a second factor where they have one, by the password
/// where they have none.
/// </summary>
internal sealed class Freshness(Db db, IOptions<IdentityOptions> options, TimeProvider clock)
{
    public TimeSpan Length => options.Value.FreshFor;

    public async Task<bool> Is(SignedIn signedIn)
    {
        var since = clock.GetUtcNow() - Length;
        if (signedIn.AuthenticatedAt < since) return false;
        if (signedIn.SecondFactorAt >= since) return true;
        return await Acr(signedIn.IssuerKey, signedIn.PersonId) is null;
    }

    /// <summary>
    /// The <c>acr</c> that a renewed sign-in at this issuer is asked for; null where one factor is all there is. What a foreign issuer can ask
    /// for is in the settings, not in our tables; what a company's asks for is the company's business.
    /// </summary>
    public async Task<string?> Acr(string issuerKey, PersonId person) => issuerKey switch
    {
        IssuerSettings.Deployment when options.Value.IsOwnProvider => (await PersonFactors.Of(db, person)).Any ? Proof.TwoFactors : null,
        IssuerSettings.Deployment or IssuerSettings.Staff => options.Value.ForeignAcr,
        _ => null,
    };
}
