using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Identity;
using Portal.Identity.Sessions;

namespace Portal.Accounts.Invitations;

/// <summary>What somebody is invited to, and accepting it: signed in, by signing in, or by signing up on the spot.</summary>
[AllowAnonymous]
internal sealed class AcceptModel(
    Db db, AcceptInvitation accept, CommonPasswords common, IOptions<IdentityOptions> options, TimeProvider clock) : PageModel
{
    /// <summary>Who has to do what next.</summary>
    public enum Step
    {
        NotGood,
        Accept,
        SignIn,
        OtherPerson,
        SignUp,
    }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? FullName { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool IsAdult { get; set; }

    public Step Next { get; private set; }

    public Invitation Invitation { get; private set; } = new();

    public string Reaches { get; private set; } = "";

    public string SignInHref => "/sign-in" + QueryString.Create("returnTo", $"/team/accept?token={Token}");

    public async Task OnGet() => await Read();

    public async Task<IActionResult> OnPost()
    {
        await Read();
        switch (Next)
        {
            case Step.Accept: return await Accept(HttpContext.SignedIn().PersonId, null);
            case Step.SignUp:
                var name = FullName?.Trim() ?? "";
                if (name.Length is 0 or > 120 || name.Any(char.IsControl)) ModelState.AddModelError(nameof(FullName), "Enter your name, at most 120 characters.");
                if (Passwords.Trouble(Password, Invitation.Email, name, common) is { } trouble) ModelState.AddModelError(nameof(Password), trouble);
                if (!IsAdult) ModelState.AddModelError(nameof(IsAdult), "You must be 18 or older to have an account.");
                if (!ModelState.IsValid) return Page();
                var now = clock.GetUtcNow();
                return await Accept(null, new NewPerson(Invitation.Email, name)
                {
                    PasswordHash = Passwords.Hash(Password!),
                    AgeConfirmedAt = now,
                    Ip = HttpContext.Ip(),
                    UserAgent = HttpContext.UserAgent(),
                });
            default: return Page();
        }
    }

    private async Task<IActionResult> Accept(PersonId? person, NewPerson? newcomer)
    {
        if (await accept.Run(HttpContext, Token!, person, newcomer) is not AcceptOutcome.Accepted accepted)
        {
            Next = Step.NotGood;
            return Page();
        }

        if (person is null) return this.SeeOther("/sign-in" + QueryString.Create("returnTo", "/accounts"));
        await db.Write(tx => PortalSession.Switch(tx, SessionId.From(HttpContext.SignedIn().SessionId), person.Value, accepted.Account));
        return this.SeeOther("/accounts");
    }

    private async Task Read()
    {
        if (string.IsNullOrEmpty(Token) || Token.Length > 100 || await Invitation.ByToken(db, Token) is not { } found || !found.IsOpen(clock.GetUtcNow())) return;
        Invitation = found;
        Reaches = (await ScopeNames.Read(db, found.AccountId, [(found.ScopeKind, found.ScopeId)])).Of(found.ScopeKind, found.ScopeId);
        var known = await Person.ByEmail(db, found.Email);
        Next = (HttpContext.SignedInOrNull(), known) switch
        {
            ({ } who, _) when Person.Lower(who.Email) == Person.Lower(found.Email) => Step.Accept,
            ({ }, _) => Step.OtherPerson,
            (null, null) when options.Value.IsOwnProvider => Step.SignUp,
            _ => Step.SignIn,
        };
    }
}
