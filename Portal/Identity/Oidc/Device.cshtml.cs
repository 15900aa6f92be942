using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Accounts;
using Portal.Audit;

namespace Portal.Identity.Oidc;

/// <summary>Where a person lets a device in (RFC 8628 section 3.3); the code in the address is shown, never taken for a yes (section 5.4).</summary>
[OwnBusiness]
internal sealed class DeviceModel(Clients clients, Db db, IOptions<IdentityOptions> options, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? UserCode { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public string? Account { get; set; }

    public string State { get; private set; } = "enter";

    public string Title => State switch
    {
        "enter" => "Let a device in",
        "confirm" => $"Let {ClientName} in?",
        _ => "Done",
    };

    public string ClientName { get; private set; } = "";

    public string Who => HttpContext.SignedIn().FullName;

    public string Ip { get; private set; } = "";

    public string Age { get; private set; } = "";

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public IReadOnlyList<Membership> Accounts { get; private set; } = [];

    public IEnumerable<SelectListItem> Choices => Accounts.Select(one => new SelectListItem(one.AccountName, one.AccountId.Value));

    public void OnGet(string? user_code) => UserCode = Texts.Cut(user_code, 12);

    public async Task<IActionResult> OnPostLook() => await Open() is null ? Page().With(Response.StatusCode) : Page();

    public async Task<IActionResult> OnPostDecide()
    {
        if (await Open() is not { } open) return Page().With(Response.StatusCode);
        var (request, client) = open;
        var who = HttpContext.SignedIn();
        var now = clock.GetUtcNow();
        AccountId? account = Accounts.FirstOrDefault(one => one.AccountId.Value == Account)?.AccountId
            ?? (Accounts.Count == 1 ? Accounts[0].AccountId : null);
        if (Answer is not ("yes" or "no")) return Page();
        if (Answer == "yes" && account is null && Accounts.Count > 0)
        {
            ModelState.AddModelError(nameof(Account), "Choose one of your accounts.");
            return Page();
        }

        var isDecided = await db.Write(async tx =>
        {
            if (Answer == "no")
            {
                await tx.Record(HttpContext.Entry("identity.device_refused", client.Id), now);
                return await DeviceRequest.Decide(tx, request, DeviceRequest.Denied, null, now);
            }

            // it outlives the browser's session: that is what it was made for
            var grant = await TokenGrant.Add(tx, client, who.PersonId, account, request.Scope, null, who.Proof, now);
            await tx.Record(TokenGrant.Given(grant, client, who.PersonId, account, request.Scope), now);
            return await DeviceRequest.Decide(tx, request, DeviceRequest.Approved, grant, now);
        });
        State = isDecided && Answer == "yes" ? "approved" : "refused";
        return Page();
    }

    /// <summary>The request that the code belongs to; tries are counted, since a code is short (RFC 8628 section 5.1).</summary>
    private async Task<(DeviceRequest Request, Client Client)?> Open()
    {
        var now = clock.GetUtcNow();
        var who = HttpContext.SignedIn();
        if (string.IsNullOrWhiteSpace(UserCode))
        {
            ModelState.AddModelError(nameof(UserCode), "Enter the code that your device shows.");
            Response.StatusCode = StatusCodes.Status200OK;
            return null;
        }

        var (ip, userAgent) = (HttpContext.Ip(), HttpContext.UserAgent());
        var attempt = await db.Write(tx => SignInAttempt.Begin(tx, $"user-code:{who.PersonId}", ip, userAgent, options.Value, now));
        if (attempt is not { } open)
        {
            ModelState.AddModelError("", "Too many codes that were none. Wait fifteen minutes, then start again on your device.");
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return null;
        }

        var request = await DeviceRequest.ByUserCode(db, UserCode, now);
        var client = request is null ? null : await clients.Find(request.ClientId);
        var all = await Membership.OpenTo(db, who);
        Accounts = client?.AccountId is { } own ? [.. all.Where(one => one.AccountId == own)] : all;
        if (request is null || client is null || (client.AccountId is not null && Accounts.Count == 0))
        {
            ModelState.AddModelError(nameof(UserCode), "No device waits with this code. Codes are good for ten minutes; start again on your device.");
            Response.StatusCode = StatusCodes.Status200OK;
            return null;
        }

        await db.Write(tx => SignInAttempt.Passed(tx, open, who.PersonId));
        (State, ClientName, Ip) = ("confirm", client.Name, request.Ip);
        Age = (int)(now - request.CreatedAt).TotalMinutes is var minutes and > 0 ? $"{minutes} min ago" : "just now";
        Lines = [.. request.Scope.Split(' ').Select(ScopeWords.Of).Where(line => line.Length > 0)];
        Account ??= Accounts.FirstOrDefault(one => one.AccountId == who.AccountId)?.AccountId.Value;
        return (request, client);
    }
}
