using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Portal.Shell;

/// <summary>Every part in every state, for whoever builds a page; in development only.</summary>
[AllowAnonymous]
internal sealed class PartsPageModel(IHostEnvironment environment, TimeProvider clock) : PageModel
{
    public sealed record Answers
    {
        public string? Hostname { get; init; }

        public string? Amount { get; init; }

        public string? Password { get; init; }

        public string? Key { get; init; }

        public string? State { get; init; }

        public string? Plan { get; init; }

        public bool Backups { get; init; }
    }

    public Answers Input { get; private set; } = new() { Plan = "s2" };

    public bool Staff { get; private set; }

    public bool WithoutRows { get; private set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    public IReadOnlyList<SelectListItem> States { get; } = [new("Karnataka", "29"), new("Maharashtra", "27"), new("Delhi", "07")];

    public IActionResult OnGet(bool wrong, bool staff, bool empty)
    {
        if (!environment.IsDevelopment()) return NotFound();
        (Staff, WithoutRows) = (staff, empty);
        if (!wrong) return Page();
        Input = new() { Hostname = "web_1", Amount = "12,00", Plan = "s3", Key = "ssh-ed25519 AAAA" };
        ModelState.AddModelError("Input.Hostname", "A hostname has no underscore. Try web-1.");
        ModelState.AddModelError("Input.Amount", "Write the amount in rupees, for example 1200.00.");
        ModelState.AddModelError("Input.Key", "The key is cut off. Copy the whole line from id_ed25519.pub.");
        ModelState.AddModelError("Input.State", "Choose the State of your billing address.");
        ModelState.AddModelError("Input.Plan", "S3 is sold out in Mumbai. Choose another plan or region.");
        ModelState.AddModelError("Input.Backups", "Say whether you want backups.");
        return Page();
    }
}
