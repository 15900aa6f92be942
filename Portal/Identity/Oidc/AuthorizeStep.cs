using Database;
using Portal.Accounts;
using Portal.Identity.Factors;

namespace Portal.Identity.Oidc;

/// <summary>What an authorization request still needs before it can be answered (OpenID Connect Core 3.1.2.3 and 3.1.2.4).</summary>
internal abstract record AuthorizeStep
{
    private AuthorizeStep()
    {
    }

    public sealed record SignIn : AuthorizeStep;

    public sealed record Consent : AuthorizeStep;

    public sealed record Refuse(string Error, string Text) : AuthorizeStep;

    /// <param name="Account">Where the client may act; null takes the session's.</param>
    public sealed record Approve(AccountId? Account) : AuthorizeStep;
}

/// <summary>Decides the next step; the pages ask again at each post, so none can be jumped over by its address.</summary>
internal sealed class AuthorizeSteps(Db db, FreshSignIn fresh, IdTokenHints hints, TimeProvider clock)
{
    public async Task<AuthorizeStep> Next(AuthorizeRequest.Asked asked, HttpContext context)
    {
        var signedIn = context.SignedInOrNull();
        var step = await Step(asked, signedIn, context);
        if (!asked.Prompts.Contains("none")) return step;
        // OpenID Connect Core 3.1.2.6
        return step switch
        {
            AuthorizeStep.SignIn => new AuthorizeStep.Refuse("login_required", "Nobody suitable is signed in."),
            AuthorizeStep.Consent => new AuthorizeStep.Refuse("consent_required", "Consent is needed."),
            _ => step,
        };
    }

    private async Task<AuthorizeStep> Step(AuthorizeRequest.Asked asked, SignedIn? signedIn, HttpContext context)
    {
        var now = clock.GetUtcNow();
        if (asked.IdTokenHint.Length > 0)
        {
            // OpenID Connect Core 3.1.2.1: the person the client means, or nobody
            if (await hints.Read(asked.IdTokenHint) is not { } hint) return new AuthorizeStep.Refuse("invalid_request", "id_token_hint is none of ours.");
            if (signedIn is not null && hint.Subject != signedIn.PersonId.Value) return new AuthorizeStep.SignIn();
        }

        if (signedIn is null) return new AuthorizeStep.SignIn();
        var mustSignIn = asked.Prompts.Contains("login") || asked.Prompts.Contains("select_account")
            || (asked.MaxAge is { } age && now - signedIn.AuthenticatedAt > TimeSpan.FromSeconds(age));
        // OpenID Connect Core 3.1.2.1: acr_values is a wish, never in the way of prompt=none or of somebody who has no second factor
        mustSignIn |= asked.AcrValues.Contains(Proof.TwoFactors) && !signedIn.Proof.IsTwoFactors && !asked.Prompts.Contains("none")
            && (await PersonFactors.Of(db, signedIn.PersonId)).Any;
        if (mustSignIn && !fresh.IsMarked(context, signedIn.PersonId, now)) return new AuthorizeStep.SignIn();
        if (asked.Client.IsPortal) return new AuthorizeStep.Approve(null);

        // a customer's application is no business of other customers
        var accounts = await Membership.OpenTo(db, signedIn);
        if (asked.Client.AccountId is { } own && accounts.All(account => account.AccountId != own))
            return new AuthorizeStep.Refuse("access_denied", "This application is for the members of one account only.");
        // RFC 8252 section 8.6: a public client can be anybody's program, so a person says yes each time
        if (asked.Prompts.Contains("consent") || !asked.Client.IsProvenAt(asked.RedirectUri)) return new AuthorizeStep.Consent();
        var remembered = await RememberedConsent.Of(db, signedIn.PersonId, asked.Client.Id);
        return remembered.FirstOrDefault(consent => consent.Covers(asked.Scope)
                && (consent.AccountId is { } there ? accounts.Any(account => account.AccountId == there) : accounts.Count == 0)) is { } found
            ? new AuthorizeStep.Approve(found.AccountId)
            : new AuthorizeStep.Consent();
    }
}
